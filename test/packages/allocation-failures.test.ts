import { describe, expect, it } from "vitest";
import { live } from "../../src/index.ts";
import { callbackSlots } from "../../src/native/index.ts";
import { type DiagnosticsReport, embeddedHost, embeddedPackage, PackageHost } from "../../src/packages.ts";
import { compiledPackage, hasPackages } from "../fixtures/compiled-package.ts";
import { ScriptedPackage } from "./scripted/scripted-package.ts";
import { type Stage, type Step, steps, World } from "./steps.ts";
import { testPackage } from "./test-package.ts";

interface Subject extends Disposable, Stage {
  /** The mistakes of the host that the package recorded; empty if the package records none. */
  wrongs(): readonly unknown[];
}

/** Adds the package to a new host, so that one failure cannot cause another. */
function subject(name: string, add: (host: PackageHost) => { close(): void; wrongs(): readonly unknown[] }): Subject {
  const host = new PackageHost();
  const added = add(host);
  return {
    host,
    name,
    wrongs: added.wrongs,
    [Symbol.dispose]() {
      host.close();
      added.close();
    },
  };
}

function scripted(host: PackageHost) {
  const made = new ScriptedPackage();
  host.add(made, { splitsMessages: true });
  const open = () => Object.entries(made.open).filter(([, count]) => count > 0);
  return { close: () => made.close(), wrongs: () => [...made.wrongs, ...open()] };
}

function typeScript(host: PackageHost) {
  const made = testPackage({ callPackage: ({ message }) => message });
  host.add(made);
  const open = () => Object.entries(made.open).filter(([, count]) => count > 0);
  return { close: () => made.close(), wrongs: () => [...made.faults, ...open()] };
}

function inC(host: PackageHost) {
  host.load(compiledPackage("sound"), { splitsMessages: true });
  return { close() {}, wrongs: () => [] };
}

const subjects: readonly (readonly [string, () => Subject])[] = [
  ["a scripted package", () => subject("Scripted", scripted)],
  ["a package in TypeScript", () => subject("Test", typeScript)],
  ...(hasPackages ? [["a package in C", () => subject("Fixture", inC)] as const] : []),
];

/** The steps that the embedded package does not support: tokens, and messages to the package. */
const notEmbedded = /token|message to/;

function embedded(): Subject {
  const host = embeddedHost({ keys: { alice: Buffer.alloc(32, 7) } });
  const wrongs = () => [];
  return { host, name: embeddedPackage, principal: "alice", wrongs, [Symbol.dispose]: () => host.close() };
}

const most = 40;
/** SSPI does not define messages to a package, so the host does not translate their NTSTATUS. */
const noMemory = expect.objectContaining({
  code: expect.stringMatching(/^(SEC_E_INSUFFICIENT_MEMORY|STATUS_NO_MEMORY)$/),
});

function outcome(work: () => unknown): { readonly error?: unknown } {
  try {
    work();
    return {};
  } catch (error) {
    return { error };
  }
}

function bytesHeld({ held }: DiagnosticsReport): number {
  return held.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Runs one step with its n-th allocation failing; returns false if the step makes no n-th allocation. */
function failsAt(make: () => Subject, { prepare, again }: Step, n: number): boolean {
  using found = make();
  const { host } = found;
  {
    using world = new World(found);
    const work = prepare(world);
    const before = host.diagnostics();
    const [open, counted] = [{ ...before.open }, live()];
    host.failAllocation(n);
    const { error } = outcome(work);
    host.failAllocation(most * most);
    if (!error) {
      expect(host.diagnostics().allocations - before.allocations).toBe(n);
      return false;
    }
    expect(error).toEqual(noMemory);
    const after = host.diagnostics();
    expect(after.misdeeds).toEqual([]);
    if (again) {
      expect(after).toMatchObject({ held: before.held, open });
      expect(live()).toEqual(counted);
      expect(outcome(work)).toEqual({});
    } else {
      // A failing leg deletes its own context: nothing else may be released, and nothing may be added.
      expect(bytesHeld(after)).toBeLessThanOrEqual(bytesHeld(before));
      expect(open.contexts - after.open.contexts).toBeLessThanOrEqual(1);
      expect({ ...after.open, contexts: 0 }).toEqual({ ...open, contexts: 0 });
    }
  }
  expect(found.wrongs()).toEqual([]);
  host.close();
  expect(host.diagnostics()).toMatchObject({
    held: [],
    misdeeds: [],
    open: { credentials: 0, contexts: 0, tokens: 0 },
  });
  return true;
}

describe("the embedded package, when an allocation fails", () => {
  it.each(steps.filter(({ name }) => !notEmbedded.test(name)))(
    "in $name, throws and leaves nothing allocated or open",
    (step) => {
      let n = 0;
      while (n < most && failsAt(embedded, step, n)) n += 1;
      expect(n).toBeLessThan(most);
    },
  );
});

describe.each(subjects)("%s, when an allocation fails", (what, make) => {
  it.each(steps)(
    "in $name, throws SEC_E_INSUFFICIENT_MEMORY or STATUS_NO_MEMORY and leaves nothing allocated or open",
    (step) => {
      const slots = callbackSlots();
      let n = 0;
      while (n < most && failsAt(make, step, n)) n += 1;
      expect(n).toBeLessThan(most);
      if (what === "a scripted package") expect(n).toBeGreaterThan(0);
      expect(callbackSlots()).toBe(slots);
    },
  );
});
