import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountOf, parsePeerName } from "../../src/contexts/peer-name.ts";

/** A part of a name that contains no separator of any name syntax. */
const part = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  .filter((text) => text === text.trim() && !/[\\/@\p{Cc}\p{Cs}\p{Cf}\u00a0]/u.test(text));

describe("parsePeerName", () => {
  it.each([
    ["EXAMPLE\\alice", { account: "alice", domain: "EXAMPLE" }],
    ["EXAMPLE\\SERVER$", { account: "SERVER$", domain: "EXAMPLE" }],
    ["NT AUTHORITY\\SYSTEM", { account: "SYSTEM", domain: "NT AUTHORITY" }],
    ["EXAMPLE\\nancy", { account: "nancy", domain: "EXAMPLE" }],
    ["alice@EXAMPLE.TEST", { account: "alice", realm: "EXAMPLE.TEST" }],
    ["alice.smith@example.test", { account: "alice.smith", realm: "example.test" }],
    ["HTTP/intranet.example@EXAMPLE.TEST", { account: "HTTP/intranet.example", realm: "EXAMPLE.TEST" }],
    ["alice\\@example.test@EXAMPLE.TEST", { account: "alice@example.test", realm: "EXAMPLE.TEST" }],
    ["a\\/b@EXAMPLE.TEST", { account: "a/b", realm: "EXAMPLE.TEST" }],
    ["alice", { account: "alice" }],
    ["HTTP/intranet.example", { account: "HTTP/intranet.example" }],
    ["älice 名前", { account: "älice 名前" }],
  ])("splits %j into its parts", (name, parts) => {
    expect(parsePeerName(name)).toEqual({ name, ...parts });
  });

  it.each([
    "",
    " ",
    " alice",
    "alice ",
    "EXAMPLE\\",
    "\\alice",
    "\\",
    "EXAMPLE\\\\alice",
    "A\\B\\alice",
    "EXAMPLE\\/alice",
    "EXAMPLE\\alice@EXAMPLE.TEST",
    "EXAMPLE\\nick@EXAMPLE.TEST",
    "al\\\\ice@EXAMPLE.TEST",
    "alice\\@EXAMPLE.TEST",
    "alice@",
    "@EXAMPLE.TEST",
    "@",
    "alice@EXAMPLE.TEST@OTHER.TEST",
    "alice@@EXAMPLE.TEST",
    "alice@EXAMPLE\\@TEST",
    "alice@EXAMPLE/TEST",
    "alice@ EXAMPLE.TEST",
    "alice\0",
    "EXAMPLE\\ali\0ce",
    "alice\n@EXAMPLE.TEST",
    "alice\u001b[31m",
    "alice\ud800",
    "EXAMPLE\\al\u200bice",
    "al\u200dice@EXAMPLE.TEST",
    "alice@EX\u00adAMPLE.TEST",
    "EXAMPLE\\\u202eecila",
    "\u2066alice\u2069@EXAMPLE.TEST",
    "ali\ufeffce",
    "EXAMPLE\\alice\u00a0smith",
  ])("refuses %j", (name) => {
    expect(parsePeerName(name)).toBeUndefined();
  });

  it("recovers both parts of every qualified name, and gives two accounts two names", () => {
    fc.assert(
      fc.property(part, part, (account, where) => {
        const windows = accountOf(where, account);
        const kerberos = parsePeerName(`${account}@${where}`);
        expect(windows).toEqual({ name: `${where}\\${account}`, account, domain: where });
        expect(parsePeerName(`${where}\\${account}`)).toEqual(windows);
        expect(kerberos).toEqual({ name: `${account}@${where}`, account, realm: where });
        expect(windows?.name).not.toBe(kerberos?.name);
      }),
    );
  });

  it("B16 a name of a peer has one reading: what is accepted keeps its name, and its parts make up that name", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", "B", "\\", "@", "/", ".", " ", "\0"), maxLength: 12 }),
        (text) => {
          const found = parsePeerName(text);
          if (!found) return;
          const { name, account, domain, realm } = found;
          expect(name).toBe(text);
          expect(account).not.toMatch(/[\\\0]/);
          if (domain !== undefined) expect(name).toBe(`${domain}\\${account}`);
          else if (realm === undefined) expect(name).toBe(account);
          else expect(name.replaceAll("\\", "")).toBe(`${account}@${realm}`);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe("accountOf", () => {
  it("takes what an account says by itself where there is no domain", () => {
    expect(accountOf("", "alice")).toEqual({ name: "alice", account: "alice" });
    expect(accountOf("", "alice@example.test")).toEqual(parsePeerName("alice@example.test"));
  });

  it.each([
    ["", ""],
    ["", "EXAMPLE\\alice"],
    ["", "al\\@ice@EXAMPLE.TEST"],
    ["EXAMPLE", ""],
    ["EXAMPLE", "OTHER\\alice"],
    ["EXAMPLE", "alice@OTHER.TEST"],
    ["EXAMPLE\\OTHER", "alice"],
    ["EXAMPLE", "alice\0"],
    ["EXAMPLE", " alice"],
    ["EXAMPLE", "al\u200bice"],
    ["EX\u202eAMPLE", "alice"],
    ["EXAMPLE", "alice\u00a0smith"],
  ])("refuses the domain %j with the account %j", (domain, account) => {
    expect(accountOf(domain, account)).toBeUndefined();
  });
});
