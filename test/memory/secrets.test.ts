import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkText } from "../../src/values/index.ts";

/** Every form in which an error may be printed. */
function printed(error: Error): string {
  const hidden = inspect(error, { showHidden: true, depth: 10 });
  return [error.message, error.stack, String(error), inspect(error), hidden, JSON.stringify(error)].join("\n");
}

function refused(secret: unknown): Error {
  try {
    checkText(secret, "identity.password");
  } catch (error) {
    return error as Error;
  }
  throw new Error(`${inspect(secret)} was not refused`);
}

/** Passwords that are refused, long enough not to be part of a stack's paths by chance. */
const secrets = fc
  .tuple(fc.string({ unit: "grapheme", minLength: 6 }), fc.string({ unit: "grapheme", minLength: 6 }))
  .map(([before, after]) => ({ before: `§${before}`, after: `${after}§`, text: `§${before}\0${after}§` }));

describe("the error about a secret", () => {
  it("shows no part of it, in no form, wherever the error is printed", () => {
    fc.assert(
      fc.property(secrets, ({ before, after, text }) => {
        const shown = printed(refused(text));
        for (const part of [before, after]) {
          expect(shown).not.toContain(part);
          expect(shown).not.toContain(JSON.stringify(part).slice(1, -1));
          expect(shown).not.toContain(Buffer.from(part).toString("hex"));
          expect(shown).not.toContain(Buffer.from(part).toString("base64"));
        }
      }),
    );
  });

  it("is the same for every secret, so it does not even tell one from another", () => {
    const { message } = new RangeError("identity.password: expected a string without NUL characters");
    fc.assert(
      fc.property(secrets, ({ text }) => {
        expect(refused(text).message).toBe(message);
      }),
    );
  });

  it.each([
    [1234, "a number"],
    [["hunter2"], "an array of 1 elements"],
    [{ password: "hunter2" }, "an instance of Object"],
    [Buffer.from("hunter2"), "an instance of Buffer"],
    [null, "null"],
    [undefined, "undefined"],
  ])("names only the type of %o, which is no string", (value, type) => {
    expect(refused(value)).toEqual(new TypeError(`identity.password: expected a string, got ${type}`));
    expect(printed(refused(value))).not.toContain("hunter2");
  });
});
