import { describe, expect, it } from "vitest";
import { closedClasses, exported, type PublicFunction, publicFunctions } from "./public-arguments/public-functions.ts";
import { ready, rightArgument } from "./public-arguments/ready.ts";

/** Not called with arguments of users, or made of native things that this system does not have. */
const left = [
  /^SecureStream\.(_|\[)/,
  /Error$/,
  // Their functions are Windows' own; test/credentials/auth-identity.test.ts has them.
  /^AuthIdentity\.(compare|encrypt|decrypt|excludePackage|prepare|strings)/,
  /^SecurityPackages/,
  // Made by a context, of a handle of Windows'.
  /^AccessToken\./,
  // The one that is made here protects messages; the others' are the same code.
  /^ImportedContext\.decryptStream/,
  // A user is there only after a logon, and passes its work on to a context.
  /^HttpUser\.impersonate$/,
  /^new HttpUser$/,
  // undici's, with a callback that may be left out.
  /^NegotiateDispatcher\.(close|destroy)$/,
];

type Callable = (...args: readonly unknown[]) => unknown;

/** Calls it once, on something that is made for this call. */
async function errorOf({ kind, owner = "", method }: PublicFunction, args: readonly unknown[]): Promise<unknown> {
  const made = kind === "method" ? ready[owner] : undefined;
  if (kind === "method" && !made) throw new Error(`${owner}: say in public-arguments/ready.ts how one is made`);
  const subject = made?.(method);
  try {
    const outcome = await called(kind, exported[kind === "function" ? method : owner], method, subject?.subject, args);
    (outcome as Partial<Disposable> | undefined)?.[Symbol.dispose]?.();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    subject?.close();
  }
}

function called(kind: string, value: unknown, method: string, subject: unknown, args: readonly unknown[]): unknown {
  if (kind === "function") return (value as Callable)(...args);
  if (kind === "constructor") return new (value as new (...args: readonly unknown[]) => object)(...args);
  return ((kind === "static" ? value : subject) as Record<string, Callable>)[method]?.(...args);
}

/** `SecureStream: use SecureStream.connect() or accept()` */
const advice = expect.stringMatching(/^\w+: use /);

class Stranger {
  strange = true;
}

const wrong: readonly [string, unknown][] = [
  ["null", null],
  ["a string with NUL", "\0"],
  ["no number", Number.NaN],
  ["an object of another class", new Stranger()],
  ["a symbol", Symbol("x")],
];

const functions = publicFunctions().filter(({ title }) => !left.some((one) => one.test(title)));
const cases = functions.flatMap((one) =>
  one.parameters.map((parameter, place) => [`${one.title}(${parameter.name})`, one, place] as const),
);

it("public functions are found, methods and constructors too", () => {
  expect(functions.map(({ title }) => title)).toEqual(
    expect.arrayContaining([
      "new ClientContext",
      "ClientContext.encrypt",
      "Credential.acquire",
      "importContext",
      "HttpAuthenticator.check",
      "NegotiateDispatcher.dispatch",
    ]),
  );
});

describe("a class of objects that this library makes", () => {
  const closed = closedClasses();

  it("is found by its private, protected or internal constructor, or as abstract", () => {
    expect(closed).toEqual(
      expect.arrayContaining(["Credential", "SecurityContext", "SecurityPackages", "SecureStream", "ImportedContext"]),
    );
  });

  it.each(closed)("B9 new %s() is refused whatever it is given, by an error that says what makes one", (name) => {
    const Closed = exported[name] as new (...args: readonly unknown[]) => object;
    class Derived extends Closed {}
    const given = [undefined, null, 0, "x", {}, [], Symbol("x"), new Stranger(), new Map(), () => {}];
    for (const args of [[], ...given.map((one) => [one]), ...given.map((one) => [one, one, one])])
      for (const made of [Closed, Derived])
        expect(() => new made(...args)).toThrow(expect.objectContaining({ name: "TypeError", message: advice }));
  });
});

describe("a public function", () => {
  it.each(cases)("B9 %s refuses what is wrong by the name of the argument", async (title, one, place) => {
    const before = one.parameters.slice(0, place).map(({ name }) => rightArgument(name));
    const { name, foreign } = one.parameters[place] as PublicFunction["parameters"][number];
    // An option of an options object is named without it, and a definition's members likewise.
    const named = new RegExp(`^(${name === "given" ? "options" : name}\\b|(strange|name): |\\w+: use )`);
    for (const [what, value] of foreign ? wrong.filter(([, given]) => !(given instanceof Stranger)) : wrong) {
      const error = await errorOf(one, [...before, value]);
      const shown = `${title}, ${what}: ${String(error)}`;
      expect(error, shown).toBeInstanceOf(Error);
      expect((error as Error).message, shown).toMatch(named);
    }
  });
});
