import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readChallenges, readCredentials } from "../../src/http/challenge.ts";

const read = (header: string | readonly string[]) =>
  readChallenges(header)?.map(({ scheme, token, parameters }) => [scheme, token, Object.fromEntries(parameters)]);

const tokenCharacter = fc.constantFrom(...'!#$%&"*+-.^_`|~09AZaz'.replace('"', ""));
const word = fc.string({ unit: tokenCharacter, minLength: 1, maxLength: 12 });
const token68 = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(..."09AZaz-._~+/"), minLength: 1 }),
    fc.integer({ min: 0, max: 2 }).map((count) => "=".repeat(count)),
  )
  .map(([text, padding]) => text + padding);
const parameters = fc.dictionary(
  word.map((name) => name.toLowerCase()),
  fc.string({ unit: fc.constantFrom(...'a ,=\\"\t!~\u00e9') }),
  {
    minKeys: 1,
    maxKeys: 4,
  },
);
const challenge = fc.record({ scheme: word, rest: fc.oneof(fc.constant(undefined), token68, parameters) });

function written({ scheme, rest }: { scheme: string; rest: string | Record<string, string> | undefined }): string {
  if (rest === undefined) return scheme;
  if (typeof rest === "string") return `${scheme} ${rest}`;
  const all = Object.entries(rest).map(([name, value]) => `${name} = "${value.replace(/["\\]/g, "\\$&")}"`);
  return `${scheme}  ${all.join(" ,")}`;
}

describe("readChallenges", () => {
  it.each([
    ["Negotiate", [["negotiate", undefined, {}]]],
    ["NTLM TlRMTVNTUAAB==", [["ntlm", "TlRMTVNTUAAB==", {}]]],
    [
      'Negotiate, Basic realm="a, \\"b\\" = c", NTLM',
      [
        ["negotiate", undefined, {}],
        ["basic", undefined, { realm: 'a, "b" = c' }],
        ["ntlm", undefined, {}],
      ],
    ],
    [
      'Newauth realm="apps", type=1, title="Login to \\"apps\\"", Basic realm="simple"',
      [
        ["newauth", undefined, { realm: "apps", type: "1", title: 'Login to "apps"' }],
        ["basic", undefined, { realm: "simple" }],
      ],
    ],
    [
      " , ,Negotiate abc= ,, Digest Realm=x ,nonce\t= y ,",
      [
        ["negotiate", "abc=", {}],
        ["digest", undefined, { realm: "x", nonce: "y" }],
      ],
    ],
    ["", []],
  ])("reads %j", (header, expected) => {
    expect(read(header)).toEqual(expected);
  });

  it("takes several headers for one with commas", () => {
    expect(read(["Negotiate YII=", 'Basic realm="x"'])).toEqual([
      ["negotiate", "YII=", {}],
      ["basic", undefined, { realm: "x" }],
    ]);
  });

  it.each([
    'Basic realm="x',
    "Negotiate abc def",
    "Negotiate abc= def=",
    "Basic realm=x realm2=y",
    "Basic realm=x, realm=y",
    "Basic a=b, realm=",
    "Basic =x",
    '"Negotiate"',
    "Negotiate abc;",
    "Négotiate",
    "Negotiate\tabc",
    "Basic realm=\u{1f600}",
  ])("refuses %j, which breaks the grammar", (header) => {
    expect(readChallenges(header)).toBeUndefined();
  });

  it("reads back whatever RFC 9110 allows to be written", () => {
    fc.assert(
      fc.property(fc.array(challenge, { maxLength: 4 }), (all) => {
        expect(read(all.map(written))).toEqual(
          all.map(({ scheme, rest }) => [
            scheme.toLowerCase(),
            typeof rest === "string" ? rest : undefined,
            typeof rest === "object" ? { ...rest } : {},
          ]),
        );
      }),
    );
  });

  it("takes time in proportion to the header's length, whatever is in it", () => {
    const timeOf = (header: string): number => {
      const start = performance.now();
      readChallenges(header);
      return performance.now() - start;
    };
    for (const part of ["a", "a,", "a =", '"', '\\"', "a=b,", 'a="', " ", ",", "=", "a a=a,", "/=", "a b c "])
      for (const before of ["", "A ", 'A b="', "A b=c,"])
        expect(timeOf(`${before}${part.repeat(200_000 / part.length)}`), `${before}${part}…`).toBeLessThan(2_000);
  });
});

describe("readCredentials", () => {
  it("reads one scheme and its token", () => {
    expect(readCredentials("NEGOTIATE YII=")).toEqual({ scheme: "negotiate", token: "YII=", parameters: new Map() });
    expect(readCredentials('Digest username="a", realm="b"')?.parameters.get("username")).toBe("a");
  });

  it.each(["", " ", "Negotiate a, NTLM b", "Negotiate a b", ",Negotiate a"])(
    "refuses %j, which is not one of them",
    (header) => {
      expect(readCredentials(header)).toBeUndefined();
    },
  );
});
