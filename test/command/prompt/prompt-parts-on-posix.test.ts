import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { loadEntryPoints } from "../../../src/command/prompt/entry-points.ts";
import { help } from "../../../src/command/prompt/help.ts";
import { isSecret } from "../../../src/command/prompt/history.ts";
import { shownValue } from "../../../src/command/prompt/shown-value.ts";
import { withoutTypes } from "../../../src/command/prompt/types.ts";
import { ClientContext, Credential } from "../../../src/index.ts";
import * as raw from "../../../src/raw.ts";
import { scripted } from "../../scripted/scripted.ts";

const helpOf = (subject?: unknown): string => inspect(help(subject));

describe("help()", () => {
  it("says what it is for, typed with parentheses or without", () => {
    expect(inspect(help)).toContain('`help("Credential.acquire")`');
    expect(inspect(help)).toBe(helpOf());
  });

  it("explains a function of the headers with its prototype, its parameters and its page", () => {
    const text = helpOf(raw.AcceptSecurityContext);
    expect(text).toMatch(/^AcceptSecurityContext\nMakes one leg of the server's side/);
    expect(text).toContain("  PCredHandle    phCredential,   // in, optional\n");
    expect(text).toContain("  phCredential: in, optional. The server's credential.\n");
    expect(text).toMatch(/\nSee https:\/\/learn\.microsoft\.com\/.*acceptsecuritycontext$/);
    expect(text).not.toMatch(/```|@param|\{@link/);
  });

  it("explains a struct field by field, with each field's place on this machine", () => {
    expect(helpOf(raw.SecPkgInfoW)).toMatch(/^8 +cbMaxToken +u32 +.*size of its largest token in bytes\.$/m);
  });

  it("explains a group by the object, and a constant by its name", () => {
    expect(helpOf(raw.ISC_REQ)).toMatch(/^ISC_REQ\n.*What a client asks of its context\.$/s);
    expect(helpOf("ISC_REQ_MUTUAL_AUTH")).toBe(
      "ISC_REQ_MUTUAL_AUTH = 2 (0x2)\nhelp(raw.ISC_REQ) says what it belongs to.",
    );
  });

  it("explains a static or inherited method, given itself, under the name of its class", () => {
    expect(helpOf(Credential.acquire)).toBe(helpOf("Credential.acquire"));
    expect(helpOf(Credential.acquire)).toMatch(/^Credential\.acquire\nAcquires/);
    expect(helpOf(ClientContext.prototype.encrypt)).toMatch(/^ClientContext\.encrypt\nEncrypts a message/);
    expect(helpOf(function unknown() {})).toMatch(/^nothing is known of unknown/);
  });

  it("explains a class with its members, inherited ones too, and explains an object of that class", () => {
    const text = helpOf(ClientContext);
    expect(text).toMatch(/^ClientContext\nThe client's side of an authentication\./);
    expect(text).toMatch(/says more of: step, stepSync, .*\bencrypt\b/);
    expect(text).not.toMatch(/\b(details|forgetSizes|exchange)\b/);
    expect(helpOf("ClientContext.encrypt")).toMatch(/^ClientContext\.encrypt\nEncrypts a message/);
    using credential = Credential.acquireSync({ package: "Scripted", use: "outbound", provider: scripted().provider });
    expect(helpOf(credential)).toBe(helpOf(Credential));
  });

  it("explains a status by its number, and itself where no argument is given", () => {
    expect(helpOf(0x8009_0308)).toBe("SEC_E_INVALID_TOKEN (error): the token is malformed");
    expect(helpOf()).toMatch(/^Prints the documentation of a function/);
  });

  it.each([
    ["AcceptSec", /^nothing is known of AcceptSec; raw has AcceptSecurityContext, /],
    ["constructor.constructor", /^nothing is known of /],
    ["Credential.(?", /^nothing is known of /],
    [Symbol("x"), /^nothing is known of Symbol\(x\); raw has no name like it$/],
    [null, /^nothing is known of null; /],
  ])("says of %s that nothing is known, and names similar names", (subject, text) => {
    expect(helpOf(subject)).toMatch(text);
  });
});

describe("the prompt", () => {
  it("has all names of every entry point, and those of the headers in raw", async () => {
    const names = await loadEntryPoints();
    expect(names).toMatchObject({ Credential, raw, sspi: { Credential } });
    for (const name of ["embeddedHost", "CredsspStream", "HttpAuthenticator", "NegotiateDispatcher", "explain"])
      expect(names[name], name).toBeTypeOf("function");
    expect(names["AcceptSecurityContext"]).toBeUndefined();
  });

  it("shows a struct as a table, a provider in a line, and anything else as Node does", () => {
    expect(shownValue(raw.SecBuffer, false)).toMatch(
      /^struct SecBuffer \(sspi\.h\), \d+ bytes on this machine\noffset {2}field +type\n0 +cbBuffer +u32\n4 +BufferType +u32\n8 +pvBuffer +pointer$/,
    );
    expect(shownValue(scripted().provider, false)).toMatch(/^SecurityProvider \{ .+ \}$/);
    for (const value of [1, "a", null, { struct: 1 }, Buffer.from("a")])
      expect(shownValue(value, false)).toBe(inspect(value));
  });

  it.each([
    'Credential.acquireSync({ identity: { user: "alice", password: "x" } })',
    "  passphrase: readFileSync(file),",
    'const SECRET = "x"',
    "embeddedHost({ keys: { alice } })",
    "Certificate.fromPfx(pfx, word)",
  ])("E10 does not keep the line %j, which may have a secret in it", (line) => {
    expect(isSecret(line)).toBe(true);
  });

  it.each(["packages()", 'client.query("sizes")', "Object.entries(live())", "keyboard"])(
    "keeps the line %j",
    (line) => {
      expect(isSecret(line)).toBe(false);
    },
  );

  it("strips types only from a line that does not parse as JavaScript, and passes on a line that does not parse at all", () => {
    const calls: string[] = [];
    const strip = (typed: string): string => {
      calls.push(typed);
      if (typed.includes("?!")) throw new SyntaxError("no");
      return "stripped";
    };
    const results = ["1 + 1", "await x", "const n: number = 3", "x ?! y"].map((typed) => withoutTypes(typed, strip));
    expect(results).toEqual(["1 + 1", "await x", "stripped", "x ?! y"]);
    expect(calls).toEqual(["const n: number = 3", "x ?! y"]);
    expect(withoutTypes("const n: number = 3", undefined)).toBe("const n: number = 3");
  });
});
