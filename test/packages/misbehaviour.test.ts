import { describe, expect, it } from "vitest";
import { ClientContext, Credential } from "../../src/index.ts";
import type { SecurityProvider } from "../../src/native/index.ts";
import { definePackage, type PackageDefinition, PackageHost } from "../../src/packages.ts";
import { releaseWarnings } from "../release-warnings.ts";
import { handshake, hosted } from "./hosted.ts";
import { sessionsWith, type TestContext, type TestCredential, testDefinition, testPackage } from "./test-package.ts";

type Definition = PackageDefinition<TestCredential, TestContext>;

function firstLeg(provider: SecurityProvider): void {
  using credential = Credential.acquireSync({ package: "Test", use: "outbound", provider });
  using client = new ClientContext(credential, { target: "x" });
  client.stepSync();
}

/** Faults of a package's function that C could take for success if they reached it. */
const misdeeds: readonly (readonly [string, () => unknown, RegExp])[] = [
  ["throws", () => fail(new Error("my own")), /my own/],
  ["throws nothing", () => fail(undefined), /undefined/],
  ["returns undefined", () => undefined, /undefined/],
  ["returns null", () => null, /null/],
  ["returns true", () => true, /expected|got/],
  ["returns a Promise", async () => ({}), /Promise/],
  ["returns a Promise that fails", () => Promise.reject(new Error("later")), /Promise/],
];

function fail(error: unknown): never {
  throw error;
}

describe("a TypeScript package that", () => {
  it.each(misdeeds)(
    "%s in initContext fails the leg with SEC_E_INTERNAL_ERROR and records the reason",
    (_what, work, reason) => {
      const { provider, defined } = hosted(testPackage({ initContext: work as never }));
      expect(() => firstLeg(provider)).toThrow(/SEC_E_INTERNAL_ERROR/);
      expect(String(defined.faults[0]?.error)).toMatch(reason);
      expect(defined.faults).toMatchObject([{ name: "initContext" }]);
    },
  );

  it.each(misdeeds.filter(([what]) => what !== "returns true"))(
    "%s in acquireCredentials fails the call with SEC_E_INTERNAL_ERROR and records the reason",
    (_what, work, reason) => {
      const { provider, defined } = hosted(testPackage({ acquireCredentials: work as never }));
      expect(() => firstLeg(provider)).toThrow(/AcquireCredentialsHandleW: SEC_E_INTERNAL_ERROR/);
      expect(String(defined.faults[0]?.error)).toMatch(reason);
    },
  );

  it.each(misdeeds.filter(([what]) => what !== "returns true"))(
    "%s in openSession fails the handshake with SEC_E_INTERNAL_ERROR and records the reason",
    (_what, work, reason) => {
      const { provider, defined } = hosted(testPackage({ openSession: work as never }));
      expect(() => handshake(provider)).toThrow(/SEC_E_INTERNAL_ERROR/);
      expect(String(defined.faults[0]?.error)).toMatch(reason);
    },
  );

  it.each(["sign", "verify", "seal", "unseal", "export", "token"] as const)(
    "misbehaves in %s never makes the call succeed",
    (name) => {
      for (const [what, work] of misdeeds) {
        // verify returns `true` for a good signature, so `true` is no fault there.
        if (name === "verify" && what === "returns true") continue;
        const { provider, defined, host } = hosted(testPackage({ openSession: sessionsWith({ [name]: work }) }));
        using pair = handshake(provider);
        const sealed = Buffer.concat([Buffer.alloc(16), Buffer.from("x")]);
        const calls = {
          sign: () => pair.client.sign(Buffer.from("x")),
          verify: () => pair.client.verify(Buffer.from("x"), Buffer.alloc(16)),
          seal: () => pair.client.encrypt(Buffer.from("x")),
          unseal: () => pair.client.decrypt(sealed),
          export: () => pair.client.export({ deleteOld: true }),
          token: () => pair.client.accessToken(),
        };
        expect(calls[name]).toThrow(/SEC_E_(INTERNAL_ERROR|NO_IMPERSONATION)/);
        expect(defined.faults.length).toBeLessThanOrEqual(1);
        pair[Symbol.dispose]();
        host.close();
        defined.close();
      }
    },
  );

  it.each(["initialize", "shutdown", "freeCredentials", "deleteContext"] as const)(
    "throws or returns a Promise in %s has the fault recorded",
    async (name) => {
      for (const work of [() => fail(new Error("no")), async () => {}]) {
        const defined = testPackage({ [name]: work } as Partial<Definition>);
        const { provider, host } = name === "initialize" ? refused(defined) : hosted(defined);
        if (provider) handshake(provider)[Symbol.dispose]();
        host?.close();
        expect(defined.faults).toMatchObject(
          name === "initialize" || name === "shutdown" ? [{ name }] : [{ name }, { name }],
        );
        defined.close();
      }
      const operations = (await releaseWarnings()).map((warning) => warning.split(" ")[0]);
      const released = { freeCredentials: "FreeCredentialsHandle", deleteContext: "DeleteSecurityContext" }[
        name as string
      ];
      expect(new Set(operations)).toEqual(new Set(released === undefined ? [] : [released]));
    },
  );

  it.each<[string, unknown, RegExp]>([
    ["a status that no leg has", { status: "done", context: {} }, /expected a leg with a status/],
    ["no context", { status: "continue" }, /the leg's context returned undefined/],
    ["a token that is no bytes", { status: "continue", context: {}, token: "hello" }, /token: expected a Uint8Array/],
    [
      "a flag that does not exist",
      { status: "complete", context: {}, granted: ["secrecy"] },
      /granted: expected one of/,
    ],
    ["a session that is no bytes", { status: "complete", context: {}, session: {} }, /session: expected a Uint8Array/],
  ])("returns a leg with %s fails the leg and records the reason", (_what, leg, reason) => {
    const { provider, defined } = hosted(testPackage({ initContext: () => leg as never }));
    expect(() => firstLeg(provider)).toThrow(/SEC_E_INTERNAL_ERROR/);
    expect(String(defined.faults[0]?.error)).toMatch(reason);
    expect(defined.open.contexts).toBe(0);
  });

  it("returns a token longer than its maxToken fails the leg with SEC_E_BUFFER_TOO_SMALL", () => {
    const { provider } = hosted(
      testPackage({ initContext: () => ({ status: "continue", context: { peer: "" }, token: Buffer.alloc(257) }) }),
    );
    expect(() => firstLeg(provider)).toThrow(/SEC_E_BUFFER_TOO_SMALL/);
  });

  it("changes the length of the data in seal fails encrypt() with SEC_E_INTERNAL_ERROR", () => {
    const seal = (): object => ({ token: Buffer.alloc(16), data: Buffer.alloc(2) });
    const { provider, defined } = hosted(testPackage({ openSession: sessionsWith({ seal }) }));
    using pair = handshake(provider);
    expect(() => pair.client.encrypt(Buffer.from("x"))).toThrow(/SEC_E_INTERNAL_ERROR/);
    expect(String(defined.faults[0]?.error)).toMatch(/expected 1 bytes of data, got 2/);
  });

  it("closes its host during a call fails the leg and keeps the host open", () => {
    let close = (): never => fail(new Error("too early"));
    const { provider, host, defined } = hosted(testPackage({ initContext: () => close() }));
    close = () => fail(host.close());
    expect(() => firstLeg(provider)).toThrow(/SEC_E_INTERNAL_ERROR/);
    expect(String(defined.faults[0]?.error)).toMatch(/Test is being called and cannot be shut down now/);
  });
});

describe("definePackage() refuses a definition", () => {
  it.each<[string, unknown, RegExp]>([
    ["nothing", undefined, /definition: expected { name, .* got undefined/],
    ["no name", { ...testDefinition, name: "" }, /name: expected a name/],
    ["a size that is none", { ...testDefinition, maxToken: -1 }, /maxToken: expected an integer/],
    [
      "a capability that does not exist",
      { ...testDefinition, capabilities: ["flight"] },
      /capabilities: expected one of/,
    ],
    [
      "no acquireCredentials",
      { ...testDefinition, acquireCredentials: undefined },
      /acquireCredentials: expected a function/,
    ],
    ["a function that is none", { ...testDefinition, openSession: {} }, /openSession: expected a function, got object/],
  ])("with %s, in an error that names the wrong part", (_what, definition, reason) => {
    expect(() => definePackage(definition as never)).toThrow(reason);
  });
});

function refused(defined: ReturnType<typeof testPackage>): { provider?: never; host?: never } {
  using host = new PackageHost();
  expect(() => host.add(defined)).toThrow(/Initialize answered SEC_E_INTERNAL_ERROR/);
  return {};
}
