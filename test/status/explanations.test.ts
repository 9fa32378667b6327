import { describe, expect, it } from "vitest";
import { type Explanation, Explanations } from "../../src/status/explanations.ts";

const said = (status: number, text: string): Explanation => ({ status, error: new Error(text) });

describe("a package's explanation of a failure", () => {
  it("is returned for the latest call, if that call had the requested status", () => {
    const explanations = new Explanations();
    expect([explanations.latest, explanations.of(1)]).toEqual([undefined, undefined]);
    const denied = said(1, "denied");
    explanations.latest = denied;
    expect([explanations.latest, explanations.of(1), explanations.of(2)]).toEqual([denied, denied.error, undefined]);
    explanations.latest = undefined;
    expect([explanations.latest, explanations.of(1)]).toEqual([undefined, undefined]);
  });

  it("is kept for each call off the event loop, independently of other calls", async () => {
    const explanations = new Explanations();
    let first: Explanation | undefined;
    const calls = [Promise.resolve(1), Promise.resolve(2)] as const;
    const second = said(2, "of the second");
    expect(explanations.keep(calls[0], () => first)).toBe(calls[0]);
    explanations.keep(calls[1], () => second);
    explanations.latest = said(1, "of another");
    expect(explanations.of(1, calls[0])).toBeUndefined();
    first = said(1, "of the first");
    expect([explanations.of(1, calls[0]), explanations.of(2, calls[0])]).toEqual([first.error, undefined]);
    expect([explanations.of(2, calls[1]), explanations.of(1, calls[1])]).toEqual([second.error, undefined]);
    expect(explanations.of(1)?.message).toBe("of another");
    expect(explanations.of(1, Promise.resolve(1))).toBeUndefined();
  });
});
