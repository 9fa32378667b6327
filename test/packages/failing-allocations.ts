import { expect } from "vitest";
import { live } from "../../src/index.ts";
import { callbackSlots } from "../../src/native/index.ts";
import { type DiagnosticsReport, PackageHost } from "../../src/packages.ts";
import { type Stage, type Step, World } from "./steps.ts";

export interface Subject extends Disposable, Stage {
  /** The mistakes of the host that the package recorded; empty if the package records none. */
  wrongs(): readonly unknown[];
}

/** Adds the package to a new host, so that one failure cannot cause another. */
export function subject(
  name: string,
  add: (host: PackageHost) => { close(): void; wrongs(): readonly unknown[] },
): Subject {
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

/** Fails each allocation of a step in turn, until the step makes no more of them. Returns how many it makes. */
export function failEach(make: () => Subject, step: Step): number {
  const slots = callbackSlots();
  let n = 0;
  while (n < most && failsAt(make, step, n)) n += 1;
  expect(n).toBeLessThan(most);
  expect(callbackSlots()).toBe(slots);
  return n;
}
