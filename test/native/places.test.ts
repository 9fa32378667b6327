import { describe, expect, it } from "vitest";
import { freePlace, places, placesOf, takePlace } from "../../src/native/places.ts";

describe("places for calls off the event loop", () => {
  it.each([
    [undefined, 2],
    ["", 1],
    ["nonsense", 1],
    ["1", 1],
    ["3", 1],
    ["4", 2],
    ["6", 3],
    ["128", 8],
  ])("F10 leave half of libuv's threads to others when UV_THREADPOOL_SIZE is %s: %i at once", (size, calls) => {
    expect(placesOf(size)).toBe(calls);
  });

  it("F11 are all open to accepting legs, and all but one to initiating legs, which may wait for a KDC", () => {
    expect(places).toBe(placesOf(process.env["UV_THREADPOOL_SIZE"]));
    const initiating = Array.from({ length: places + 1 }, () => takePlace("initiating"));
    expect(initiating.filter((place) => place !== undefined)).toHaveLength(Math.max(1, places - 1));
    const accepting = places === 1 ? undefined : takePlace("accepting");
    expect(accepting).toBe(places === 1 ? undefined : places - 1);
    expect(takePlace("accepting")).toBeUndefined();
    for (const place of [...initiating, accepting]) if (place !== undefined) freePlace(place);
    const again = Array.from({ length: places }, () => takePlace("accepting"));
    expect(again).toEqual(Array.from({ length: places }, (_, index) => places - 1 - index));
    for (const place of again) freePlace(place as number);
  });
});
