import { describe, expect, it } from "vitest";
import { releaseFunctions } from "../../generated/release-functions.ts";
import { acquired, live, type ReleaseFunction, release } from "../../src/memory/index.ts";
import { releasingProvider } from "./releasing-provider.ts";

const nothing = { credentials: 0, contexts: 0, certificates: 0, buffers: 0, tokens: 0, tls: 0 };
const kinds = Object.entries(releaseFunctions).map(([by, { counts }]) => ({ by: by as ReleaseFunction, counts }));

describe("live", () => {
  it.each(kinds)("counts among $counts what $by will release, until it has", ({ by, counts }) => {
    acquired(by);
    acquired(by);
    expect(live()).toEqual({ ...nothing, [counts]: 2 });
    release(releasingProvider().provider, by, 1);
    expect(live()).toEqual({ ...nothing, [counts]: 1 });
    release(releasingProvider().provider, by, 1);
    expect(live()).toEqual(nothing);
  });

  it("has an owner for every kind that it counts", () => {
    expect(new Set(kinds.map(({ counts }) => counts as string))).toEqual(new Set(Object.keys(nothing)));
  });

  it("hands out counts that stay as they were and change nothing", () => {
    const before = live() as Record<string, number>;
    acquired("FreeContextBuffer");
    expect(before).toEqual(nothing);
    before["buffers"] = 7;
    expect(live().buffers).toBe(1);
    release(releasingProvider().provider, "FreeContextBuffer", 1);
  });
});
