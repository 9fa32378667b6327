import { describe, expect, it } from "vitest";
import { Credential, importContext, SspiError } from "../../src/index.ts";
import { type DefinedPackage, PackageError } from "../../src/packages.ts";
import { thrownBy } from "../thrown-by.ts";
import { handshake, hosted, type Pair } from "./hosted.ts";
import { sessionsWith, type TestContext, type TestCredential, testPackage } from "./test-package.ts";

const words = "the directory says that account 4711 is closed";

function refuse(): never {
  throw new PackageError("STATUS_WRONG_PASSWORD", { message: words });
}

const held: Disposable[] = [];

/** Keeps a resource open until errorOf() ends. */
function hold<T extends Disposable>(resource: T): T {
  held.push(resource);
  return resource;
}

/** Both sides of a completed exchange with the changed test package. */
function pair(changes: Parameters<typeof testPackage>[0]): Pair {
  return hold(handshake(hosted(testPackage(changes)).provider));
}

/** Both sides of a completed exchange whose sessions have these members. */
function session(members: object): Pair {
  return pair({ openSession: sessionsWith(members) });
}

const text = Buffer.from("a message");

/** Each provider function through which a package may fail, with a call that fails in it. */
const paths: Readonly<Record<string, () => unknown>> = {
  AcquireCredentialsHandleW: () => acquired(testPackage({ acquireCredentials: refuse })),
  QueryCredentialsAttributesW: () =>
    acquired(testPackage({ queryCredentials: () => ({ names: refuse }) })).query("names"),
  SetCredentialsAttributesW: () => acquired(testPackage({ setCredentialAttribute: refuse })).set(7, text),
  InitializeSecurityContextW: () => pair({ initContext: refuse }),
  AcceptSecurityContext: () => pair({ acceptContext: refuse }),
  QueryContextAttributesW: () => session({ query: { sizes: refuse, names: refuse } }).client.query("names"),
  MakeSignature: () => session({ sign: refuse }).client.sign(text),
  VerifySignature: () => session({ verify: refuse }).client.verify(text, text),
  EncryptMessage: () => session({ seal: refuse }).client.encrypt(text),
  DecryptMessage: () => session({ unseal: refuse }).client.decrypt(Buffer.alloc(32)),
  ExportSecurityContext: () => session({ export: refuse }).client.export(),
  QuerySecurityContextToken: () => session({ token: refuse }).server.accessToken(),
  ImportSecurityContextW: () => {
    const { provider } = hosted(testPackage({ openSession: refuse }));
    return importContext({ package: "Test", packed: text, provider });
  },
  ApplyControlToken: () => pair({ applyControlToken: refuse }).client.applyControlToken(text),
};

function acquired(defined: DefinedPackage<TestCredential, TestContext>): Credential {
  const { provider } = hosted(defined);
  return hold(Credential.acquireSync({ package: "Test", use: "outbound", provider }));
}

/** Runs the work, closes every held resource and returns what the work threw. */
function errorOf(work: () => unknown): SspiError {
  try {
    return thrownBy(work);
  } finally {
    for (const resource of held.splice(0)) resource[Symbol.dispose]();
  }
}

describe("an error of a hosted package", () => {
  it.each(Object.entries(paths))("%s: has a cause with the package's status and message", (operation, work) => {
    const error = errorOf(work);
    expect(error).toMatchObject({ operation, code: "SEC_E_LOGON_DENIED" });
    expect((error.cause as Error).message).toMatch(/^Test: \w+ answered STATUS_WRONG_PASSWORD: /);
    expect((error.cause as Error).cause).toMatchObject({ name: "PackageError", message: words });
  });

  it("AcquireCredentialsHandleW: has the package's message also off the event loop", async () => {
    const { provider } = hosted(testPackage({ acquireCredentials: refuse }));
    const error = await Credential.acquire({ package: "Test", use: "outbound", provider }).catch((cause) => cause);
    expect(error.cause.cause).toMatchObject({ message: words });
  });

  it("callPackage: has the package's error as its cause", () => {
    const { host } = hosted(testPackage({ callPackage: refuse }));
    const error = thrownBy(() => host.callPackage("Test", text));
    expect(error).toMatchObject({ code: "STATUS_WRONG_PASSWORD", cause: { message: words } });
  });

  it("has no cause of an earlier failure when the host itself refuses the call", () => {
    const { provider } = hosted(testPackage({ acquireCredentials: refuse }));
    thrownBy(() => Credential.acquireSync({ package: "Test", use: "outbound", provider }));
    const error = thrownBy(() => Credential.acquireSync({ package: "Other", use: "outbound", provider }));
    expect((error.cause as Error).message).toBe("package: a package host has Test; got a string of 5 characters");
  });
});

describe("verify() of a hosted package", () => {
  const informational = new SspiError({
    code: "SEC_I_CONTEXT_EXPIRED",
    status: 0x0009_0317,
    operation: "inner",
    text: "",
  });
  const forged = Object.assign(new PackageError("SEC_E_LOGON_DENIED"), { status: 0 });

  it.each([
    ["an SspiError of an informational status", informational],
    ["a PackageError whose status was set to 0", forged],
  ])("C3 verify(): throwing %s is a failure and is recorded as a fault of the package", (_, thrown) => {
    const throwing = () => {
      throw thrown;
    };
    const { provider, defined } = hosted(testPackage({ openSession: sessionsWith({ verify: throwing }) }));
    using pair = handshake(provider);
    const error = thrownBy(() => pair.client.verify(text, Buffer.alloc(16)));
    expect(error.code).toBe("SEC_E_INTERNAL_ERROR");
    expect(defined.faults.map((fault) => fault.error)).toEqual([thrown]);
  });
});
