import { describe, expect, it, onTestFinished, vi } from "vitest";
import type * as owned from "../../src/memory/owned.ts";

/** A collector that the test plays: it says which of the registered objects it has found. */
const registered: { readonly target: object; readonly find: () => void }[] = [];

class Registry {
  readonly #finalizer: (holding: unknown) => void;

  constructor(finalizer: (holding: unknown) => void) {
    this.#finalizer = finalizer;
  }

  register(target: object, holding: unknown): void {
    registered.push({ target, find: () => this.#finalizer(holding) });
  }
}

let copies = 0;

/** A copy of the module with that collector: another name makes Vite evaluate it anew. */
async function watched(debug: "0" | "1"): Promise<typeof owned> {
  registered.length = 0;
  copies += 1;
  const name = `../../src/memory/owned.ts?copy=${copies}`;
  vi.stubGlobal("FinalizationRegistry", Registry);
  vi.stubEnv("SSPI_DEBUG", debug);
  try {
    return (await import(name)) as typeof owned;
  } finally {
    vi.unstubAllGlobals();
    vi.unstubAllEnvs();
  }
}

function warnings(): readonly unknown[][] {
  const spy = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  onTestFinished(() => spy.mockRestore());
  return spy.mock.calls;
}

describe("an owner that the collector finds", () => {
  it("is reported, and its object is released", async () => {
    const { Owned } = await watched("0");
    const said = warnings();
    const release = vi.fn();
    const taken = vi.fn();
    expect(new Owned("the token", 7n, release, taken)).toBeDefined();
    expect([registered.length, said]).toEqual([1, []]);
    registered[0]?.find();
    expect(release.mock.calls).toEqual([[7n]]);
    expect(taken).not.toHaveBeenCalled();
    expect(said).toEqual([
      [
        "the token was garbage-collected without close(); it is released once nothing uses it",
        { type: "SspiLeakWarning", code: "SSPI_LEAK", detail: "Set SSPI_DEBUG=1 to see where it was created." },
      ],
    ]);
  });

  it.each(["close", "take"] as const)("is no leak after %s()", async (end) => {
    const { Owned } = await watched("0");
    const said = warnings();
    const release = vi.fn();
    new Owned("the token", 7n, release)[end]();
    release.mockClear();
    expect(registered).toHaveLength(1);
    for (const { find } of registered) find();
    expect([release.mock.calls, said]).toEqual([[], []]);
  });

  it("is not what the collector watches: that would keep it alive", async () => {
    const { Owned } = await watched("0");
    const owner = new Owned("the token", 7n, () => undefined);
    for (const { target } of registered) expect(Object.values(target)).not.toContain(owner);
    expect(registered.map(({ target }) => target)).not.toContain(owner);
    owner.close();
  });

  it("says where it was created under SSPI_DEBUG=1, in the warning and in the error of a later use", async () => {
    const { Owned, originOf } = await watched("1");
    const said = warnings();
    const owner = new Owned("the token", 7n, () => undefined);
    registered[0]?.find();
    expect(said[0]?.[1]).toMatchObject({
      detail: expect.stringMatching(/the token was created here[\s\S]*watched-owner/),
    });
    owner.close();
    expect(owner.disposedError().cause).toMatchObject({ stack: expect.stringContaining("the token was created here") });
    expect(originOf("a context")).toContain("a context was created here");
    expect((await watched("0")).originOf("a context")).toBeUndefined();
  });
});
