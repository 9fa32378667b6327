import { describe, expect, it } from "vitest";
import { parseSam, provingLine } from "../../src/credentials/sam-lines.ts";

const hash = "2e24f97bff26b2458887a9b16a3c2c39";
const users = (text: string): readonly string[] =>
  parseSam(Buffer.from(text)).map(({ user, domain }) => `${domain}\\${user}`);

describe("the lines of WinPR's file of users", () => {
  it.each([
    ["a line without a line's end", `alice:CORP::${hash}:::`, ["CORP\\alice"]],
    ["lines that end as on Windows", `bob:::${hash}:::\r\n\r\nalice:CORP::${hash}:::\r\n`, ["\\bob", "CORP\\alice"]],
    ["comments and empty lines", `#alice:A::${hash}:::\n\nalice:B::${hash}:::\n`, ["B\\alice"]],
    ["a line with both hashes", `alice:A:${hash}:${hash}:::\n`, ["A\\alice"]],
    ["a line with four colons", `alice:A::${hash}:\n`, ["A\\alice"]],
    ["nothing", "", []],
    ["nothing after a line with too few colons", `alice:A::${hash}\nbob:B::${hash}:::\n`, []],
    ["nothing after a line with a short hash", `bob:B::${hash}:::\nalice:A::12:::\nbob:C::${hash}:::\n`, ["B\\bob"]],
    ["nothing after a line with a short LM hash", `alice:A:12:${hash}:::\nbob:B::${hash}:::\n`, []],
    ["nothing after a line of spaces", `  \nbob:B::${hash}:::\n`, []],
    ["lines of two characters, the shortest that are read, and nothing after them", `ab\nbob:B::${hash}:::\n`, []],
    ["lines after an empty first one", `\nbob:B::${hash}:::\n`, ["B\\bob"]],
    ["a line with an empty user", `:A::${hash}:::\nbob:B::${hash}:::\n`, ["A\\", "B\\bob"]],
    ["lines after one of a single character", `a\nbob:B::${hash}:::\n`, ["B\\bob"]],
    ["nothing where a NUL comes first", `\0alice:A::${hash}:::\n`, []],
    ["a user whose name has a sign for comments", `a#:A::${hash}:::\n`, ["A\\a#"]],
    ["a line with more than five fields", `alice:A::${hash}:x:y:z:::\n`, ["A\\alice"]],
    ["a line without an NT hash", "alice:A::::\n", ["A\\alice"]],
    ["nothing after a NUL", `alice:A::${hash}:::\n\0\nbob:B::${hash}:::\n`, ["A\\alice"]],
  ])("are %s", (_, text, expected) => {
    expect(users(text)).toEqual(expected);
  });

  it.each<[string, string, boolean]>([
    ["32 digits", hash, true],
    ["capital digits", hash.toUpperCase(), true],
    ["none", "", false],
    ["zeros, which WinPR takes a missing hash for", "0".repeat(32), false],
    ["no number, which WinPR takes for zeros", "X".repeat(32), false],
    ["no number at one place", `g${hash.slice(1)}`, false],
    ...[..."/@G`g"].map(
      (other): [string, string, boolean] => [`the character ${other}`, `${hash.slice(1)}${other}`, false] as const,
    ),
    ...[..."09AFaf"].map((digit): [string, string, boolean] => [
      `the digit ${digit}`,
      `${hash.slice(1)}${digit}`,
      true,
    ]),
    ["zeros and one other digit", `${"0".repeat(31)}1`, true],
  ])("have an NT hash or not: %s", (_, digits, expected) => {
    expect(parseSam(Buffer.from(`alice:::${digits}:::`))[0]?.hasHash).toBe(expected);
  });
});

describe("the line that proved a client's password", () => {
  const lines = parseSam(
    Buffer.from(
      ["alice:A", "alice:", "alice:B", "bob:A", "älice:BÜRO", "älice:", "bob:BÜRO"]
        .map((names) => `${names}::${hash}:::`)
        .join("\n"),
    ),
  );

  it.each([
    ["B", "alice", "B"],
    ["", "alice", ""],
    ["EVIL", "alice", ""],
    ["b", "alice", ""],
    ["A", "bob", "A"],
    ["BÜRO", "bob", "BÜRO"],
    ["ÜBEL", "alice", ""],
  ])("of %s\\%s has the domain %j", (domain, user, expected) => {
    const line = provingLine(lines, user, domain);
    expect(line && Buffer.from(line.domain, "latin1").toString()).toBe(expected);
  });

  it.each([
    ["EVIL", "bob", "no line of this user has that domain, and none has no domain"],
    ["A", "Alice", "the case of a name differs"],
    ["BÜRO", "älice", "WinPR 2 takes the line without a domain and WinPR 3 the other"],
  ])("of %s\\%s is not known: %s", (domain, user) => {
    expect(provingLine(lines, user, domain)).toBeUndefined();
  });
});
