import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Credential, type CredentialOptions } from "../../src/index.ts";
import { scripted } from "../scripted/scripted.ts";

/** The error of an acquisition with these options; the package must not have been called, on or off the event loop. */
async function refusal(options: Readonly<Record<string, unknown>>): Promise<unknown> {
  const sspi = scripted();
  const all = {
    package: "Scripted",
    use: "outbound",
    provider: sspi.provider,
    ...options,
  } as unknown as CredentialOptions;
  const offLoop = await Credential.acquire(all).catch((error: unknown) => error);
  expect(sspi.acquisitions).toEqual([]);
  try {
    Credential.acquireSync(all);
  } catch (error) {
    expect(error).toEqual(offLoop);
    return error;
  }
  throw new Error("these options were taken");
}

const message = (pattern: RegExp): unknown => expect.objectContaining({ message: expect.stringMatching(pattern) });

describe("a credential is not acquired", () => {
  it("for an invalid package name", async () => {
    expect(await refusal({ package: "" })).toEqual(message(/^package: expected a name, got an empty string/));
    expect(await refusal({ package: "NT\0LM" })).toEqual(
      message(/^package: expected a string without NUL characters$/),
    );
    for (const wrong of [undefined, null, 5, {}, ["Scripted"]])
      expect(await refusal({ package: wrong })).toEqual(message(/^package: expected a string, got /));
  });

  it("for a package that the provider does not have: a typed error that names those it has", async () => {
    const error = await refusal({ package: "Kerberos" });
    expect(error).toMatchObject({
      code: "SEC_E_SECPKG_NOT_FOUND",
      cause: { message: 'package: scripted has Scripted, Überpaket; got "Kerberos"' },
    });
  });

  it("for an unknown use", async () => {
    for (const wrong of [undefined, "", "client", "INBOUND", 1, "constructor"])
      expect(await refusal({ use: wrong })).toEqual(
        message(/^use: (did you mean "\w+"\? )?expected one of inbound, outbound, both; got /),
      );
  });

  it("with an invalid principal", async () => {
    expect(await refusal({ principal: "" })).toEqual(message(/^principal: expected a name/));
    expect(await refusal({ principal: "a\0" })).toEqual(message(/^principal: .*without NUL/));
    expect(await refusal({ principal: 5 })).toEqual(message(/^principal: expected a string, got a number/));
  });

  it.each(["winpr", "kerberos", "identity", "schannel", "credssp"])(
    "B7 with %s that is no object, null and false included: a value that is present is read",
    async (option) => {
      for (const wrong of [null, false, 0, "", new Map([["samFile", "x"]]), [], () => ({})])
        expect(await refusal({ [option]: wrong })).toEqual(
          message(new RegExp(`^${option}: expected \\{ .* \\}, got `)),
        );
    },
  );

  it("with an invalid identity", async () => {
    for (const wrong of [null, 5, "alice"])
      expect(await refusal({ identity: wrong })).toEqual(
        message(/^identity: expected \{ user, domain, password, … \}, got /),
      );
    expect(await refusal({ identity: { password: "p" } })).toEqual(
      message(/^identity.user: expected a string, got undefined/),
    );
    expect(await refusal({ identity: { user: "u" } })).toEqual(
      message(/^identity.password: expected a string, or bytes of UTF-8, got undefined/),
    );
    expect(await refusal({ identity: { user: "u", domain: null, password: "p" } })).toEqual(
      message(/^identity.domain: /),
    );
  });

  it("with a NUL anywhere in user, domain or password: what follows it would be cut off", async () => {
    const field = fc.constantFrom("user", "domain", "password");
    await fc.assert(
      fc.asyncProperty(field, fc.string(), fc.string(), async (name, before, after) => {
        const identity = { user: "u", domain: "d", password: "p", [name]: `${before}\0${after}` };
        expect(await refusal({ identity })).toEqual(
          message(new RegExp(`^identity.${name}: expected a string without NUL`)),
        );
      }),
      { numRuns: 30 },
    );
  });

  it("with a SAM file on anything but WinPR", async () => {
    expect(await refusal({ use: "inbound", winpr: { samFile: "/etc/winpr/SAM" } })).toEqual(
      message(/^winpr: only WinPR reads these options, not scripted/),
    );
    expect(await refusal({ use: "inbound", winpr: { samFile: "" } })).toEqual(
      message(/^winpr.samFile: expected a name/),
    );
  });

  it("with a SAM file that the package would not read", async () => {
    const { provider } = scripted({ traits: { samFile: "identity" } });
    const samFile = "/etc/winpr/SAM";
    expect(await refusal({ provider, winpr: { samFile } })).toEqual(
      message(/^winpr.samFile: only a server looks its users up$/),
    );
    for (const name of ["Kerberos", "kerberos"])
      expect(await refusal({ provider, winpr: { samFile }, use: "inbound", package: name })).toEqual(
        message(new RegExp(`^winpr.samFile: "${name}" looks no users up in a file$`)),
      );
    expect(await refusal({ provider, winpr: { samFile }, use: "inbound", schannel: {} })).toEqual(
      message(/^winpr.samFile: goes with no schannel$/),
    );
    const alice = { user: "alice", password: "userpw" };
    for (const identity of [
      { ...alice, packageList: "!kerberos" },
      { ...alice, packageList: ["!kerberos"] },
      { packageList: "!kerberos" },
      { user: "alice", packedCredentials: { type: "fido", data: Buffer.alloc(1) } },
    ])
      expect(await refusal({ provider, winpr: { samFile }, use: "inbound", identity })).toEqual(
        message(/^winpr.samFile: goes with an identity of user, domain and password only$/),
      );
  });

  it("with an identity that holds none of CredSSP's own credentials, where the package reads those", async () => {
    const { provider } = scripted({ traits: { credsspAuthData: "CREDSSP_CRED" } });
    const identity = { user: "alice", password: "hunter2-geheim" };
    expect(await refusal({ provider, identity, package: "CREDSSP" })).toEqual(
      message(/^identity: CREDSSP takes it in credssp\.spnego$/),
    );
  });

  it.each([
    ["user", "identity: { user, domain?, password }"],
    ["username", "identity: { user, domain?, password }"],
    ["password", "identity: { user, domain?, password }"],
    ["domain", "identity: { user, domain?, password }"],
    ["packageList", "identity: { packageList }"],
    ["samFile", "winpr: { samFile }"],
    ["certificates", "schannel: { certificates }"],
  ])("with %s beside the other options: the error says where it belongs", async (name, place) => {
    expect(await refusal({ [name]: "geheim" })).toEqual(
      expect.objectContaining({ message: `${name}: there is no such option; did you mean ${place}?` }),
    );
  });

  it("with options that are no object", () => {
    for (const wrong of [undefined, null, "NTLM"])
      expect(() => Credential.acquireSync(wrong as never)).toThrow(TypeError);
    expect(() => Credential.acquireSync(null as never)).toThrow(
      /^options: expected \{ package, use, identity, … \}, got null/,
    );
  });
});
