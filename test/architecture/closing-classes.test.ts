import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { DisposedError } from "../../src/index.ts";
import { type ClosingClass, closingClasses, closingInterfaces } from "./closing/closing-classes.ts";
import { type ClosingThing, things } from "./closing/closing-things.ts";
import { rightArgument } from "./public-arguments/ready.ts";

const classes = closingClasses();
const made = classes.filter(({ abstract, stream }) => !abstract && !stream);
const cases = made.flatMap((one) =>
  Object.entries(things[one.name] ?? {}).map(([state, make]) => [one.name, state, one, make] as const),
);

/**
 * Methods that a closed object may still run: they report on its end, or another library's interface defines their
 * result.
 */
const still = [
  // The number of leaked objects is known only after close.
  /Host\.diagnostics$|^SchannelStandIn\.diagnostics$/,
  // The reason why a call failed, for a host that closes after that call.
  /^DefinedPackages?\.explain$/,
  // node:https and undici call these, and get the error by a callback; tests of their own see which.
  /^NegotiateProxyAgent\.createConnection$|^NegotiateDispatcher\.dispatch$/,
];

type Methods = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

async function errorOf(work: () => unknown): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Each method that a closed object still runs, with its outcome, except the methods that may do so. */
async function wrongMethods({ name, methods }: ClosingClass, { subject }: ClosingThing): Promise<string[]> {
  const found: string[] = [];
  for (const [method, parameters] of methods) {
    if (still.some((one) => one.test(`${name}.${method}`))) continue;
    const error = await errorOf(() => (subject as unknown as Methods)[method]?.(...parameters.map(rightArgument)));
    if (!(error instanceof DisposedError)) found.push(`${name}.${method}: ${error ?? "answered"}`);
  }
  return found;
}

describe("a class whose instances can be closed", () => {
  it("is found at the entry points, whatever its closing method is called", () => {
    expect(classes.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["Credential", "SecureStream", "NegotiateProxyAgent", "DelegatedCredentials"]),
    );
  });

  it("says with `closed` whether an instance is closed", () => {
    expect(classes.filter(({ tells }) => !tells).map(({ name }) => name)).toEqual([]);
    expect(closingInterfaces().has("OwnedCallback")).toBe(true);
    expect([...closingInterfaces()].filter(([, tells]) => !tells)).toEqual([]);
  });

  it("has an instance in this test for each state that it can be in", () => {
    expect(made.filter(({ name }) => !(name in things)).map(({ name }) => name)).toEqual([]);
  });

  it.each(cases)(
    "%s, %s, refuses every method with a DisposedError once it is closed",
    async (_name, _state, one, make) => {
      const given = await make();
      given.close();
      given.close();
      expect((given.subject as { closed: boolean }).closed).toBe(true);
      expect(await wrongMethods(one, given)).toEqual([]);
      given.end?.();
      // The work that was under way has ended by then.
      await sleep(5);
      expect(await wrongMethods(one, given)).toEqual([]);
    },
  );

  it.each(cases.filter(([, state]) => ["fresh", "complete"].includes(state)))(
    "%s, %s, is open before it is closed",
    async (_name, _state, _one, make) => {
      const given = await make();
      expect((given.subject as { closed: boolean }).closed).toBe(false);
      given.close();
      given.end?.();
    },
  );
});
