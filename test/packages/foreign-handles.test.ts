import { describe, expect, it, onTestFinished } from "vitest";
import type { Provider } from "../../generated/provider.ts";
import { SECBUFFER_TOKEN, SECPKG_CRED_OUTBOUND } from "../../generated/sspi/constants.ts";
import { SecHandle } from "../../generated/sspi/structs.ts";
import { SEC_E_INVALID_HANDLE, SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../generated/status/constants.ts";
import { hostAbi } from "../../src/ctypes/index.ts";
import { PackageHost } from "../../src/packages.ts";
import { keptMemory } from "../interface/kept-memory.ts";
import { descriptorOf } from "./raw-calls.ts";
import { testDefinition, testPackage } from "./test-package.ts";

/** A host of two packages that is called with raw handles, and the names of the packages that its calls reach. */
function stage() {
  const memory = keptMemory();
  const host = new PackageHost();
  const reached: string[] = [];
  const packages = ["Test", "Other"].map((name) =>
    testPackage({
      name,
      initContext(request) {
        reached.push(name);
        return testDefinition.initContext?.(request) as never;
      },
      acceptContext(request) {
        reached.push(name);
        return testDefinition.acceptContext?.(request) as never;
      },
    }),
  );
  for (const one of packages) host.add(one);
  onTestFinished(() => {
    host.close();
    for (const one of packages) one.close();
  });
  const { provider } = host;
  const handle = (): number => memory.allocate(SecHandle.layouts[hostAbi].size).address;
  const acquire = (name: string): number => {
    const [at, text] = [handle(), memory.wideString(name).address];
    const expiry = memory.cell().address;
    expect(provider.AcquireCredentialsHandleW(0, text, SECPKG_CRED_OUTBOUND, 0, 0, 0, 0, at, expiry)).toBe(SEC_E_OK);
    return at;
  };
  const begin = (credential: number): number => {
    const at = handle();
    expect(initialize(credential, 0, at)).toBe(SEC_I_CONTINUE_NEEDED);
    return at;
  };
  const initialize = (credential: number, context: number, slot: number): number => {
    const [input, output] = [Buffer.from("welcome host"), Buffer.alloc(256)].map((bytes) =>
      descriptorOf(memory, [SECBUFFER_TOKEN, bytes]),
    ) as [number, number];
    const [target, attributes, expiry] = [memory.wideString("x"), memory.cell(), memory.cell()].map(
      ({ address }) => address,
    ) as [number, number, number];
    const place = [slot, output, attributes, expiry] as const;
    return provider.InitializeSecurityContextW(credential, context, target, 0, 0, 0, input, 0, ...place);
  };
  const accept = (credential: number, context: number, slot: number): number => {
    const [input, output] = [Buffer.from("hello alice"), Buffer.alloc(256)].map((bytes) =>
      descriptorOf(memory, [SECBUFFER_TOKEN, bytes]),
    ) as [number, number];
    const [attributes, expiry] = [memory.cell().address, memory.cell().address];
    return provider.AcceptSecurityContext(credential, context, input, 0, 0, slot, output, attributes, expiry);
  };
  return { memory, provider, reached, handle, acquire, begin, initialize, accept };
}

/** The functions that take only a context, and those that take only a credential. */
const taking: Readonly<Record<"context" | "credential", readonly (keyof Provider)[]>> = {
  context: [
    "DeleteSecurityContext",
    "QueryContextAttributesW",
    "SetContextAttributesW",
    "MakeSignature",
    "VerifySignature",
    "EncryptMessage",
    "DecryptMessage",
    "CompleteAuthToken",
    "ApplyControlToken",
    "ExportSecurityContext",
    "QuerySecurityContextToken",
    "ImpersonateSecurityContext",
  ],
  credential: ["FreeCredentialsHandle", "QueryCredentialsAttributesW", "SetCredentialsAttributesW", "AddCredentialsW"],
};

describe("a host's provider, called with raw handles", () => {
  it.each(["initialize", "accept"] as const)(
    "refuses to %s a context of one package with credentials of another, and calls neither package",
    (leg) => {
      const { acquire, begin, reached, ...raw } = stage();
      const [mine, other] = [acquire("Test"), acquire("Other")];
      const contexts = [begin(mine), begin(other)] as const;
      reached.length = 0;
      expect([raw[leg](other, contexts[0], contexts[0]), raw[leg](mine, contexts[1], contexts[1])]).toEqual([
        SEC_E_INVALID_HANDLE,
        SEC_E_INVALID_HANDLE,
      ]);
      expect(reached).toEqual([]);
      expect(raw.initialize(mine, contexts[0], contexts[0])).toBe(SEC_E_OK);
    },
  );

  it.each(["initialize", "accept"] as const)(
    "refuses to %s with freed credentials, for a new and for an existing context",
    (leg) => {
      const { acquire, begin, reached, handle, provider, ...raw } = stage();
      const credential = acquire("Test");
      const context = begin(credential);
      expect(provider.FreeCredentialsHandle(credential)).toBe(SEC_E_OK);
      reached.length = 0;
      expect([raw[leg](credential, context, context), raw[leg](credential, 0, handle())]).toEqual([
        SEC_E_INVALID_HANDLE,
        SEC_E_INVALID_HANDLE,
      ]);
      expect(reached).toEqual([]);
    },
  );

  it.each(["context", "credential"] as const)(
    "refuses a foreign %s in every function that takes one: of another kind, of another host, deleted or invented",
    (kind) => {
      const [one, other] = [stage(), stage()];
      const credential = one.acquire("Test");
      const context = one.begin(credential);
      const foreign = other.acquire("Test");
      const gone = one.acquire("Test");
      const goneContext = one.begin(credential);
      expect(one.provider.FreeCredentialsHandle(gone)).toBe(SEC_E_OK);
      expect(one.provider.DeleteSecurityContext(goneContext)).toBe(SEC_E_OK);
      const wrong: Readonly<Record<string, number>> = {
        "the other kind": kind === "context" ? credential : context,
        "another host's": kind === "context" ? other.begin(foreign) : foreign,
        deleted: kind === "context" ? goneContext : gone,
        zeros: one.handle(),
        "one that was made up": one.memory.bytes(Buffer.alloc(16, 0xff)).address,
      };
      const buffers = descriptorOf(one.memory, [SECBUFFER_TOKEN, Buffer.alloc(16)]);
      for (const [what, at] of Object.entries(wrong))
        for (const name of taking[kind]) {
          const call = one.provider[name] as (...args: number[]) => number;
          // Each pointer is a valid descriptor, so a function that accepted the handle would return another status.
          const args = [buffers, buffers, buffers, buffers, buffers, buffers, buffers];
          expect(call(at, ...args), `${name} of ${what}`).toBe(SEC_E_INVALID_HANDLE);
        }
      one.reached.length = 0;
      for (const [what, at] of Object.entries(wrong)) {
        const parties = kind === "context" ? ([credential, at] as const) : ([at, context] as const);
        expect([one.initialize(...parties, one.handle()), one.accept(...parties, one.handle())], what).toEqual([
          SEC_E_INVALID_HANDLE,
          SEC_E_INVALID_HANDLE,
        ]);
      }
      expect(one.reached).toEqual([]);
    },
  );
});
