import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { optionCalls } from "./public-arguments/option-calls.ts";
import {
  closedClasses,
  exported,
  optionsOf,
  type PublicFunction,
  type PublicParameter,
  publicFunctions,
} from "./public-arguments/public-functions.ts";
import { ready, rightArgument } from "./public-arguments/ready.ts";
import { root, sourceFiles } from "./source-files.ts";

/**
 * Functions that are left out: no user passes their arguments, or they need native objects that this system does not
 * have.
 */
const left = [
  /^SecureStream\.(_|\[)/,
  /Error$/,
  // These functions exist on Windows only; test/credentials/auth-identity.test.ts tests them.
  /^AuthIdentity\.(compare|encrypt|decrypt|excludePackage|prepare|strings)/,
  /^SecurityPackages/,
  // A context makes it from a handle of Windows.
  /^AccessToken\./,
  // The instance that this test makes protects messages; the other kinds run the same code.
  /^ImportedContext\.decryptStream/,
  // A user exists only after a logon, and passes its work on to a context.
  /^HttpUser\.impersonate$/,
  /^new HttpUser$/,
  // undici defines these methods, with a callback that may be left out.
  /^NegotiateDispatcher\.(close|destroy)$/,
];

type Callable = (...args: readonly unknown[]) => unknown;

/** Calls the function once, on an object that is made for this call. */
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

const secret = "S3cr3tWord";

/** Values that are wrong for every parameter, and values that are wrong for the parameter's type. */
const wrong: readonly { readonly what: string; readonly value: unknown; readonly kind?: string }[] = [
  { what: "null", value: null },
  { what: "a string with NUL", value: "\0" },
  { what: "no number", value: Number.NaN },
  { what: "a symbol", value: Symbol(secret) },
  { what: "an object of another class", value: new Stranger(), kind: "foreign" },
  { what: "a Map", value: new Map([[secret, secret]]), kind: "foreign" },
  { what: "nothing", value: undefined, kind: "undefined" },
  { what: "true", value: true, kind: "boolean" },
  { what: "a bigint", value: 7n, kind: "bigint" },
  { what: "an array", value: [Symbol(secret)], kind: "array" },
  { what: "a function", value: () => {}, kind: "function" },
  { what: "a secret text", value: secret, kind: "string" },
];

function wrongFor({ takes, foreign }: PublicParameter): typeof wrong {
  const taken = (kind: string): boolean => takes.has(kind) || (foreign && /^(foreign|array)$/.test(kind));
  return wrong.filter(({ kind }) => kind === undefined || !taken(kind));
}

const functions = publicFunctions().filter(({ title }) => !left.some((one) => one.test(title)));
const cases = functions.flatMap((one) =>
  one.parameters.map((parameter, place) => [`${one.title}(${parameter.name})`, one, place] as const),
);

it("public functions are found, including methods and constructors", () => {
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

describe("a class that only this library may instantiate", () => {
  const closed = closedClasses();

  it("is found by its private, protected or internal constructor, or as abstract", () => {
    expect(closed).toEqual(
      expect.arrayContaining(["Credential", "SecurityContext", "SecurityPackages", "SecureStream", "ImportedContext"]),
    );
  });

  it.each(closed)("B9 new %s() is refused with any arguments, and the error names what creates an instance", (name) => {
    const Closed = exported[name] as new (...args: readonly unknown[]) => object;
    class Derived extends Closed {}
    const given = [undefined, null, 0, "x", {}, [], Symbol("x"), new Stranger(), new Map(), () => {}];
    for (const args of [[], ...given.map((one) => [one]), ...given.map((one) => [one, one, one])])
      for (const made of [Closed, Derived])
        expect(() => new made(...args)).toThrow(expect.objectContaining({ name: "TypeError", message: advice }));
  });
});

describe("a public function", () => {
  it.each(cases)(
    "B9, E11 %s refuses a wrong argument with an error that names it and shows none of its text",
    async (title, one, place) => {
      const before = one.parameters.slice(0, place).map(({ name }) => rightArgument(name));
      const parameter = one.parameters[place] as PublicParameter;
      const { name } = parameter;
      // An error names an option of an options object without the object, and a member of a definition in the same way.
      const named = new RegExp(`^(${name === "given" ? "options" : name}\\b|(strange|name): |\\w+: use )`);
      for (const { what, value } of wrongFor(parameter)) {
        const error = await errorOf(one, [...before, value]);
        const shown = `${title}, ${what}: ${String(error)}`;
        expect(error, shown).toBeInstanceOf(Error);
        expect((error as Error).message, shown).toMatch(named);
        expect((error as Error).message, shown).not.toContain(secret);
      }
    },
  );
});

/** Unions whose `type` is checked first; options of a method that only Windows has; and a provider's functions. */
const untried = [
  "AttributeDeclaration",
  // Answers of a provider, which its own tests try.
  "ClientAccount",
  "Group",
  "AttributePointer",
  "InnerPointer",
  "ControlToken",
  "IdentityStringsOptions",
  "LegBuffer",
  "Partial",
  "TlsExtension",
];

const readTypes = sourceFiles("src").flatMap((file) =>
  [...readFileSync(join(root, file), "utf8").matchAll(/(?:readOptions|refuseUnknown)<(\w{2,})/g)].map(
    ([, name]) => name as string,
  ),
);
const options = [...optionsOf(Object.keys(optionCalls))].flatMap(([type, list]) =>
  list.map((option) => [`${type}.${option.name}`, type, option] as const),
);

/** The messages of refusals and failures that the test's own object causes without a wrong argument. */
async function outcomeOf(type: string, given: Readonly<Record<string, unknown>>): Promise<string> {
  const made = Promise.resolve().then(() => optionCalls[type]?.(given));
  return await made.then(
    () => "it was taken",
    (error: unknown) => (error instanceof Error ? error.message : `no error: ${String(error)}`),
  );
}

describe("an option", () => {
  it("is tried for every type of options that the library reads", () => {
    const types = new Set(readTypes);
    expect([...types].filter((type) => !untried.includes(type)).sort()).toEqual(Object.keys(optionCalls).sort());
    expect(new Set(options.map(([, type]) => type)).size).toBe(types.size - untried.length);
  });

  it.each(options)("B9, E11 %s of a wrong type is refused with an error that names it", async (title, type, option) => {
    for (const { what, value, kind } of wrong) {
      if (kind === "foreign" ? !option.takes.has("object") : kind === "undefined" || option.takes.has(kind ?? ""))
        continue;
      if (kind === undefined && value !== null && typeof value !== "symbol") continue;
      const outcome = await outcomeOf(type, { [option.name]: value });
      expect(outcome, `${title}, ${what}`).toContain(option.name);
      expect(outcome, `${title}, ${what}`).not.toContain(secret);
    }
  });
});
