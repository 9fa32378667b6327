import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { identityOf } from "../../src/credentials/identities/auth-identity.ts";
import type { IdentityFunctions } from "../../src/credentials/identities/identity-functions.ts";
import { keepIdentity } from "../../src/credentials/identities/kept-identity.ts";
import { encodeIdentity } from "../../src/credentials/identities/make-identity.ts";
import { hostOf } from "../../src/credentials/identities/target-host.ts";
import { type AnyIdentity, AuthIdentity, Credential, DisposedError, live } from "../../src/index.ts";
import { copyOut, type ProviderTraits } from "../../src/native/index.ts";
import { soilWorkspace } from "../memory/soiled-workspace.ts";
import { scripted } from "../scripted/scripted.ts";
import { ScriptedIdentities } from "../scripted/scripted-identities.ts";
import { packedIdentityAt } from "../scripted/scripted-identity.ts";

const alice = { user: "alice", password: "geheim" } as const;

/** The error of an acquisition with an identity, or undefined where the identity is taken. */
function refusal(identity: unknown, traits: Partial<ProviderTraits> = {}): string | undefined {
  const { provider } = scripted({ traits, authData: () => undefined });
  const options = { package: "Scripted", use: "outbound", identity: identity as AnyIdentity, provider } as const;
  try {
    Credential.acquireSync(options).close();
    return undefined;
  } catch (error) {
    expect(inspect(error)).not.toContain("geheim");
    return (error as Error).message;
  }
}

describe("a list of packages", () => {
  it.each(["nt!lm", "ntlm!", "!!ntlm", [" ntlm"], ["\tntlm"], ["!\u00a0ntlm"], [";"], ["a;b"], ["a,b"]])(
    "has no name with a space around it, an exclamation mark in it or a separator: %j",
    (packageList) => {
      expect(refusal({ ...alice, packageList })).toMatch(/^identity\.packageList: expected names like /);
    },
  );

  it.each(["a", "!n t l m p", ["Microsoft Unified Security Protocol Provider", "x"]])(
    "may have names of one character, and names with spaces inside: %j",
    (packageList) => {
      const unknown = /^identity\.packageList: expected to exclude packages that exist/;
      const refused = refusal({ ...alice, packageList });
      if (String(packageList).startsWith("!")) expect(refused).toMatch(unknown);
      else expect(refused).toBeUndefined();
    },
  );

  it("excludes packages only, where the provider would also use what the list does not name", () => {
    const traits = { honoursPackageList: false };
    const refused = /^identity\.packageList: scripted also offers what a list does not name/;
    for (const packageList of ["kerberos", "!ntlm,kerberos", ["kerberos", "!ntlm"]])
      for (const whose of [{}, alice]) expect(refusal({ ...whose, packageList }, traits)).toMatch(refused);
    expect(refusal({ ...alice, packageList: ["!ntlm", "!pku2u"] }, traits)).toBeUndefined();
    expect(refusal(alice, traits)).toBeUndefined();
  });

  it("of the logged-on user is refused where the provider reads no list", () => {
    expect(refusal({ packageList: "!ntlm" }, { readsExtendedIdentity: false })).toBe(
      "identity.packageList: scripted reads none",
    );
  });
});

describe("a password where long ones are read as hashes", () => {
  const traits = { takesLongPasswords: false };

  it("may have 512 characters, also as bytes, however many bytes they are", () => {
    for (const letter of ["p", "ü", "☂"]) {
      const password = letter.repeat(512);
      expect(refusal({ ...alice, password }, traits)).toBeUndefined();
      expect(refusal({ ...alice, password: Buffer.from(password) }, traits)).toBeUndefined();
      expect(refusal({ ...alice, password: Buffer.from(`${password}x`) }, traits)).toMatch(/, got 513$/);
    }
    expect(refusal({ ...alice, password: "😀".repeat(257) }, traits)).toMatch(/, got 514$/);
  });

  it("is not looked for in the identity of the logged-on user", () => {
    expect(refusal({ packageList: "!ntlm" }, traits)).toBeUndefined();
  });
});

describe("a packed identity", () => {
  const fido = { type: "fido", data: Buffer.of(1, 2, 3) } as const;
  const longest = "ü".repeat(0x7fff);

  it("may have names of 32767 characters, and none of one more", () => {
    for (const name of ["user", "domain"]) {
      expect(refusal({ [name]: longest, packedCredentials: fido })).toBeUndefined();
      expect(refusal({ [name]: `${longest}x`, packedCredentials: fido })).toMatch(
        new RegExp(`^identity\\.${name}: expected at most 32767 characters, got 32768$`),
      );
    }
    expect(refusal({ packageList: `${longest},a`, packedCredentials: fido })).toMatch(
      /^identity\.packageList: .+ 32769$/,
    );
  });

  it.each(["0", "x", "{", " "])("is of no type that has %j before or after a GUID", (more) => {
    const guid = "01234567-89ab-cdef-0123-456789abcdef";
    const refused = /^identity\.packedCredentials\.type: expected one of /;
    for (const type of [`${more}${guid}`, `${guid}${more}`])
      if (type !== `{${guid}`) expect(refusal({ packedCredentials: { ...fido, type } })).toMatch(refused);
    for (const type of [guid, `{${guid.toUpperCase()}}`])
      expect(refusal({ packedCredentials: { ...fido, type } })).toBeUndefined();
  });

  it.each([
    "constructor",
    "toString",
    "",
    "0123456-89ab-cdef-0123-456789abcdef",
    "01234567-89ab-cdef-0123-456789abcdeg",
  ])("is of no type %j", (type) => {
    expect(refusal({ packedCredentials: { ...fido, type } })).toMatch(/^identity\.packedCredentials\.type: /);
  });

  it("has zeros between its parts, also in memory that other calls have used", () => {
    const seen: ReturnType<typeof packedIdentityAt>[] = [];
    const sspi = scripted({
      authData: (address) => {
        const found = packedIdentityAt(address);
        const { size } = found["place"] as { size: number };
        seen.push({ ...found, bytes: Buffer.from(copyOut(address, size)) });
      },
    });
    soilWorkspace();
    const identity = { user: "a", domain: "b", packedCredentials: fido, packageList: "c" };
    Credential.acquireSync({ package: "Scripted", use: "outbound", identity, provider: sspi.provider }).close();
    expect(seen).toMatchObject([{ user: "a", domain: "b", data: fido.data, packageList: "c", holes: [0, 0, 0, 0, 0] }]);
    // The header of 48 bytes, "a", "b", and the secret of 31 bytes, each at a multiple of four; then "c".
    const bytes = seen[0]?.["bytes"] as Buffer;
    expect(bytes.subarray(48, 56)).toEqual(Buffer.from("a\0\0\0b\0\0\0", "latin1"));
    expect(bytes.subarray(84)).toEqual(Buffer.from([1, 2, 3, 0, 0x63, 0]));
  });
});

describe("an AuthIdentity", () => {
  const made = (functions: IdentityFunctions) => identityOf(encodeIdentity(functions, { user: "alice" }));

  it("is made by its own methods alone, which check their arguments first", () => {
    const Constructor = AuthIdentity as unknown as new (held?: unknown) => AuthIdentity;
    for (const held of [undefined, null, {}]) expect(() => new Constructor(held)).toThrow(/use AuthIdentity\.encode/);
    expect(() => AuthIdentity.encode({ user: 5 } as never)).toThrow(/^strings\.user: expected a string/);
    expect(() => AuthIdentity.unmarshal("{}" as never)).toThrow(/^bytes: expected a Uint8Array/);
    expect(() => AuthIdentity.unmarshal(new Uint8Array())).toThrow(/^bytes: expected a marshalled identity, got none$/);
  });

  it("is freed where zeroing it fails, and that failure is not hidden", () => {
    const windows = new ScriptedIdentities();
    const broken = new Error("zeroing failed");
    const SspiZeroAuthIdentity = (at: number | bigint) => {
      windows.functions.SspiZeroAuthIdentity(at);
      throw broken;
    };
    const identity = made({ ...windows.functions, SspiZeroAuthIdentity } as IdentityFunctions);
    expect(() => identity.close()).toThrow(broken);
    expect([windows.calls.at(-1), live().buffers, identity.closed]).toEqual(["SspiFreeAuthIdentity", 0, true]);
  });

  it("has empty strings and bytes where SSPI hands out none, and frees none of them", () => {
    const windows = new ScriptedIdentities();
    const nothing = () => 0;
    const functions = {
      ...windows.functions,
      SspiMarshalAuthIdentity: nothing,
      SspiPrepareForCredRead: nothing,
      SspiPrepareForCredWrite: nothing,
      SspiGetTargetHostName: nothing,
    } as unknown as IdentityFunctions;
    using identity = made(functions);
    expect(identity.marshal()).toEqual(new Uint8Array());
    expect(identity.prepareForCredRead("x")).toEqual({ type: 0, targetName: "" });
    const nobody = { type: 0, targetName: "", userName: "", credentialBlob: new Uint8Array() };
    expect(identity.prepareForCredWrite()).toEqual(nobody);
    expect(hostOf("HTTP/x", functions)).toBe("");
    expect(windows.calls).not.toContain("SspiLocalFree");
  });
});

describe("an identity that is kept to log on with again", () => {
  it("is the same where it holds no bytes, and wiping it changes nothing", () => {
    const windows = new ScriptedIdentities();
    using held = identityOf(encodeIdentity(windows.functions, { user: "alice" }));
    const packed = { packedCredentials: { type: "password", password: "geheim" } } as const;
    for (const identity of [alice, packed, { packageList: "!ntlm" }, held]) {
      const kept = keepIdentity(identity, "identity");
      kept.wipe();
      expect(kept.identity).toEqual(identity);
    }
    expect(held.closed).toBe(false);
  });

  it("is refused by its argument's name, and where it is closed", () => {
    const windows = new ScriptedIdentities();
    const held = identityOf(encodeIdentity(windows.functions, { user: "alice" }));
    held.close();
    expect(() => keepIdentity(held, "logon")).toThrow(DisposedError);
    expect(() => keepIdentity({ user: "alice" } as never, "logon")).toThrow(/^logon\.password: /);
  });
});
