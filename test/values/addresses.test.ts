import { describe, expect, it } from "vitest";
import { checkAddress, highestAddress, lowestAddress } from "../../src/values/index.ts";

const lowest = BigInt(lowestAddress);

describe("an address of a caller", () => {
  it.each<[string, number | bigint, number | bigint]>([
    ["the lowest one", lowestAddress, lowestAddress],
    ["the lowest one as a bigint, which is exact as a number", lowest, lowestAddress],
    ["the highest one", highestAddress, highestAddress],
    ["one that is the first invalid number where it is rounded", highestAddress - 1023n, highestAddress - 1023n],
    ["one that is below it where it is rounded", highestAddress - 1024n, highestAddress - 1024n],
  ])("passes: %s", (_, address, expected) => {
    expect(checkAddress(address, "address")).toBe(expected);
  });

  it.each<[string, number | bigint]>([
    ["below the lowest one", lowestAddress - 1],
    ["below the lowest one, as a bigint", lowest - 1n],
    ["negative", -1n],
    ["negative and rounded", -(2n ** 60n) - 1n],
    ["above the highest one", highestAddress + 1n],
    ["above the highest one and rounded to it", highestAddress + 2n],
    ["far above the highest one", highestAddress ** 2n],
    ["a number that is not exact", Number(highestAddress)],
    ["a fraction", 65_536.5],
    ["no number", Number.NaN],
  ])("is refused: %s", (_, address) => {
    expect(() => checkAddress(address, "address")).toThrow(
      new RangeError(`address: expected an address, got ${address}`),
    );
  });
});
