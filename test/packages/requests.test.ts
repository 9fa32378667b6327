import { describe, expect, it } from "vitest";
import {
  SECBUFFER_DATA,
  SECBUFFER_TOKEN,
  SECPKG_ATTR_NAMES,
  SECPKG_ATTR_STREAM_SIZES,
  SECPKG_CRED_BOTH,
} from "../../generated/sspi/constants.ts";
import { SecPkgContext_NamesW } from "../../generated/sspi/structs.ts";
import {
  SEC_E_INTERNAL_ERROR,
  SEC_E_INVALID_TOKEN,
  SEC_E_LOGON_DENIED,
  SEC_E_OK,
  SEC_E_UNSUPPORTED_FUNCTION,
} from "../../generated/status/constants.ts";
import { hostAbi } from "../../src/ctypes/index.ts";
import { ClientContext, Credential, type CredentialOptions, importContext } from "../../src/index.ts";
import { NativeMemory } from "../../src/interface/native-memory.ts";
import { readWideString, type SecurityProvider } from "../../src/native/index.ts";
import { type PackageDefinition, PackageError } from "../../src/packages.ts";
import { handshake, hosted } from "./hosted.ts";
import { descriptorOf, SeenHandles } from "./raw-calls.ts";
import { type TestContext, type TestCredential, testPackage } from "./test-package.ts";

type Definition = PackageDefinition<TestCredential, TestContext>;
const memory = new NativeMemory();

/** A client between its two legs, and the addresses of its handles. */
function halfWay(changes: Partial<Definition>) {
  const { provider, defined, host } = hosted(testPackage(changes));
  const seen = new SeenHandles(provider);
  using credential = Credential.acquireSync({ package: "Test", use: "outbound", provider });
  const client = new ClientContext(credential, { target: "x" });
  client.stepSync();
  return { provider, defined, host, client, seen };
}

function control(provider: SecurityProvider, context: number, type = SECBUFFER_TOKEN): number {
  return provider.ApplyControlToken(context, descriptorOf(memory, [type, Buffer.from("shut down")]));
}

describe("ApplyControlToken", () => {
  it("calls the package with its context and the bytes, and the next leg gets the context that the package returns", () => {
    const seenContexts: unknown[] = [];
    const { provider, client, seen } = halfWay({
      applyControlToken({ context, token }) {
        seenContexts.push(context, token.toString());
        return { peer: "told" };
      },
      initContext: ({ context }) =>
        context
          ? { status: "complete", context, token: Buffer.from(`${context.peer}: closing`) }
          : { status: "continue", context: { peer: "first" }, token: Buffer.from("hello") },
    });
    using _client = client;
    expect(control(provider, seen.context)).toBe(SEC_E_OK);
    expect(seenContexts).toEqual([{ peer: "first" }, "shut down"]);
    expect(client.stepSync(Buffer.from("go on")).token?.toString()).toBe("told: closing");
  });

  it("keeps the context when the package returns undefined", () => {
    const { provider, client, seen } = halfWay({
      applyControlToken({ context }) {
        Object.assign(context, { peer: "changed in place" });
        return undefined;
      },
      initContext: ({ context }) => ({
        status: "continue",
        context: { peer: "" },
        token: Buffer.from(`-${context?.peer}`),
      }),
    });
    using _client = client;
    expect(control(provider, seen.context)).toBe(SEC_E_OK);
    expect(client.stepSync(Buffer.from("x")).token?.toString()).toBe("-changed in place");
  });

  it.each<[string, Definition["applyControlToken"], number]>([
    ["nothing", undefined, SEC_E_UNSUPPORTED_FUNCTION],
    [
      "a failure of the package's",
      () => {
        throw new PackageError("SEC_E_LOGON_DENIED");
      },
      SEC_E_LOGON_DENIED,
    ],
    [
      "an exception",
      () => {
        throw new Error("mine");
      },
      SEC_E_INTERNAL_ERROR,
    ],
    ["a Promise", (async () => {}) as never, SEC_E_INTERNAL_ERROR],
  ])("returns the status for an applyControlToken that is or gives: %s", (_what, applyControlToken, status) => {
    const { provider, client, seen } = halfWay(applyControlToken ? { applyControlToken } : {});
    using _client = client;
    expect(control(provider, seen.context)).toBe(status);
  });

  it("returns SEC_E_INVALID_TOKEN without a TOKEN buffer", () => {
    const { provider, client, seen } = halfWay({ applyControlToken: () => undefined });
    using _client = client;
    expect(control(provider, seen.context, SECBUFFER_DATA)).toBe(SEC_E_INVALID_TOKEN);
  });

  it("returns SEC_E_UNSUPPORTED_FUNCTION for an imported context, which has no LSA-mode side", () => {
    const { provider } = hosted(testPackage({ applyControlToken: () => undefined }));
    using pair = handshake(provider);
    const { packed } = pair.client.export({ deleteOld: true });
    let handle = 0;
    const { ImportSecurityContextW } = provider;
    provider.ImportSecurityContextW = (...args) => {
      handle = Number(args[3]);
      return ImportSecurityContextW(...args);
    };
    using _imported = importContext({ package: "Test", packed, provider });
    expect(control(provider, handle)).toBe(SEC_E_UNSUPPORTED_FUNCTION);
  });
});

describe("attributes in the LSA-mode functions", () => {
  const names = (query: NonNullable<Definition["queryContext"]>) => {
    const parts = halfWay({ queryContext: query });
    const room = memory.allocate(SecPkgContext_NamesW.layouts[hostAbi].size);
    const ask = (attribute: number) =>
      parts.provider.QueryContextAttributesW(parts.seen.context, attribute, room.address);
    return { ...parts, ask, room };
  };

  it("are returned before a session exists, in memory that the caller frees", () => {
    const { provider, client, host, ask, room } = names(({ peer }) => ({ names: () => ({ sUserName: `<${peer}>` }) }));
    using _client = client;
    expect(ask(SECPKG_ATTR_NAMES)).toBe(SEC_E_OK);
    const { sUserName } = SecPkgContext_NamesW.read(room.view);
    expect(readWideString(sUserName)).toBe("<>");
    expect(host.diagnostics().held).toMatchObject([{ package: "Test", count: 1 }]);
    expect(provider.FreeContextBuffer(sUserName)).toBe(SEC_E_OK);
    expect(ask(SECPKG_ATTR_STREAM_SIZES)).toBe(SEC_E_UNSUPPORTED_FUNCTION);
  });

  it("are returned only if the session does not know them", () => {
    const { provider } = hosted(
      testPackage({
        queryContext: () => ({
          names: () => ({ sUserName: "of the LSA's side" }),
          streamSizes: () => ({ cbHeader: 1, cbTrailer: 2, cbMaximumMessage: 3, cBuffers: 4, cbBlockSize: 5 }),
        }),
      }),
    );
    using pair = handshake(provider);
    expect(pair.server.query("names")).toEqual({ sUserName: "alice" });
    expect(pair.server.query("streamSizes")).toMatchObject({ cbHeader: 1, cbTrailer: 2 });
    expect(() => pair.server.query("lifespan")).not.toThrow();
    expect(() => pair.server.query("keyInfo")).toThrow(/SEC_E_UNSUPPORTED_FUNCTION/);
  });

  it("are set with the caller's bytes", () => {
    const set: unknown[] = [];
    const { provider, client, seen } = halfWay({
      setContextAttribute: ({ context, attribute, value }) => void set.push(context, attribute, value.toString()),
    });
    using _client = client;
    const value = memory.bytes(Buffer.from("value"));
    expect(provider.SetContextAttributesW(seen.context, 7, value.address, 5)).toBe(SEC_E_OK);
    expect(set).toEqual([{ peer: "" }, 7, "value"]);
  });

  it("cannot be set if the package has no function for it", () => {
    const { provider, client, seen } = halfWay({});
    using _client = client;
    expect(provider.SetContextAttributesW(seen.context, 7, memory.cell().address, 5)).toBe(SEC_E_UNSUPPORTED_FUNCTION);
    expect(provider.SetCredentialsAttributesW(seen.credential, 7, memory.cell().address, 5)).toBe(
      SEC_E_UNSUPPORTED_FUNCTION,
    );
  });
});

describe("credentials of a hosted TypeScript package", () => {
  it("can be extended with AddCredentialsW and can have attributes set", () => {
    const calls: unknown[] = [];
    const { provider, client, seen } = halfWay({
      addCredentials: (request) => void calls.push(request),
      setCredentialAttribute: ({ credential, attribute, value }) =>
        void calls.push({ credential, attribute, value: value.toString() }),
    });
    using _client = client;
    const [principal, name] = ["carol", "Other"].map((text) => memory.wideString(text).address);
    const expiry = memory.cell();
    const added = provider.AddCredentialsW(
      seen.credential,
      principal as number,
      name as number,
      SECPKG_CRED_BOTH,
      0,
      0,
      0,
      expiry.address,
    );
    expect(added).toBe(SEC_E_OK);
    expect(expiry.int64).toBe(0x7fff_ffff_ffff_ffffn);
    const value = memory.bytes(Buffer.from("proxy"));
    expect(provider.SetCredentialsAttributesW(seen.credential, 3, value.address, 5)).toBe(SEC_E_OK);
    const credential = { user: "nobody", domain: "" };
    expect(calls).toEqual([
      { credential, use: "both", principal: "carol", package: "Other", identity: undefined },
      { credential, attribute: 3, value: "proxy" },
    ]);
  });
});

describe("credentials that are no user name and password", () => {
  const password = { type: "password", password: "hunter2-geheim" } as const;
  const identity = { user: "alice", password: "hunter2-geheim" };

  it.each<[string, Partial<CredentialOptions>]>([
    ["a packed secret", { identity: { user: "alice", packedCredentials: password } }],
    ["those of Schannel", { schannel: { rootStore: 0x1_0000n } }],
    ["those of Schannel, newer", { schannel: { version: 5, restrictions: [{ protocols: ["tls1.2"] }] } }],
    ["those of CredSSP", { credssp: { schannel: {}, spnego: identity } }],
    ["those of CredSSP, for the logon alone", { credssp: { spnego: identity } }],
    ["those of CredSSP, with flags", { credssp: { schannel: {}, spnego: identity, flags: ["redirect"] } }],
  ])("are refused with SEC_E_UNKNOWN_CREDENTIALS and not misread: %s", (_, options) => {
    const { provider } = hosted(testPackage());
    expect(() => Credential.acquireSync({ package: "Test", use: "outbound", provider, ...options })).toThrow(
      expect.objectContaining({ code: "SEC_E_UNKNOWN_CREDENTIALS" }),
    );
  });
});
