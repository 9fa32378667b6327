import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dateOfTicks } from "../../src/values/index.ts";

const zoneBefore = process.env["TZ"];

/** A local time as 100 ns ticks since 1601. */
function ticksOfClock(text: string): bigint {
  return BigInt(Date.parse(`${text}Z`) - Date.UTC(1601, 0)) * 10_000n;
}

/** The local time of this machine's zone at an instant, as ticks. */
function clockAt(date: Date): bigint {
  const utc = Date.UTC(1970, 0) + date.getTime() - date.getTimezoneOffset() * 60_000;
  return BigInt(utc - Date.UTC(1601, 0)) * 10_000n;
}

const last = new Date(8.64e15);

describe.each([
  { zone: "Europe/Berlin", winter: -60, summer: -120 },
  { zone: "America/New_York", winter: 300, summer: 240 },
  { zone: "Asia/Kolkata", winter: -330, summer: -330 },
  { zone: "UTC", winter: 0, summer: 0 },
])("ticks of a package in $zone", ({ zone, winter, summer }) => {
  beforeAll(() => {
    process.env["TZ"] = zone;
  });
  afterAll(() => {
    if (zoneBefore === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zoneBefore;
  });

  it("are read as local time of that zone, in winter and in summer", () => {
    expect(new Date(2024, 0).getTimezoneOffset()).toBe(winter);
    const inUtc = (text: string, offset: number): Date => new Date(Date.parse(`${text}Z`) + offset * 60_000);
    for (const [text, offset] of [
      ["2024-01-15T12:34:56.789", winter],
      ["2024-07-15T00:00:00.001", summer],
    ] as const)
      expect(dateOfTicks(ticksOfClock(text))).toEqual(inUtc(text, offset));
  });

  it("give the instant of that local time, for any instant from 1970 to 2100", () => {
    const instant = fc.date({ min: new Date(0), max: new Date(Date.UTC(2100, 0)), noInvalidDate: true });
    fc.assert(
      fc.property(instant, (date) => {
        const found = dateOfTicks(clockAt(date)) as Date;
        // In the hour that occurs twice when the clock is set back, either instant is right.
        expect(clockAt(found)).toBe(clockAt(date));
        expect(Math.abs(found.getTime() - date.getTime())).toBeLessThanOrEqual(3_600_000);
      }),
    );
  });

  it("lose only the part below a millisecond, which a Date cannot hold", () => {
    const ticks = ticksOfClock("2024-05-05T05:05:05.005");
    expect(dateOfTicks(ticks + 9_999n)).toEqual(dateOfTicks(ticks));
    expect(dateOfTicks(ticks + 10_000n)?.getTime()).toBe((dateOfTicks(ticks)?.getTime() ?? 0) + 1);
  });

  it('give undefined for zero, and the last possible Date for "never"', () => {
    expect(dateOfTicks(0n)).toBeUndefined();
    for (const never of [0x7fff_ffff_ffff_ffffn, 0xffff_ffff_ffff_ffffn, -1n, 0x7fff_ff36_d596_9fffn])
      expect(dateOfTicks(never)).toEqual(last);
  });

  it("give a valid Date for any other number", () => {
    const ticks = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: -1n }), fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }));
    fc.assert(
      fc.property(ticks, (value) => {
        expect(dateOfTicks(value)?.getTime()).not.toBeNaN();
        expect(dateOfTicks(value)).toBeInstanceOf(Date);
      }),
      { examples: [[1n], [0x7fff_0000_0000_0000n]] },
    );
  });

  it('give the true time for a date that is far away but not "never"', () => {
    expect(dateOfTicks(ticksOfClock("9999-12-31T12:00:00"))?.getUTCFullYear()).toBe(9999);
  });
});

describe("ticks at the change of Berlin's clocks:", () => {
  beforeAll(() => {
    process.env["TZ"] = "Europe/Berlin";
  });
  afterAll(() => {
    if (zoneBefore === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zoneBefore;
  });

  it.each([
    ["the last minute of winter", "2024-03-31T01:59:00", "2024-03-31T00:59:00Z"],
    ["the first minute of summer", "2024-03-31T03:00:00", "2024-03-31T01:00:00Z"],
    [
      "a minute that was left out is as long after as it would have been",
      "2024-03-31T02:30:00",
      "2024-03-31T01:30:00Z",
    ],
    ["the last minute that is shown once", "2024-10-27T01:59:00", "2024-10-26T23:59:00Z"],
    ["a minute that is shown twice is the first", "2024-10-27T02:30:00", "2024-10-27T00:30:00Z"],
    ["the first minute of winter that is shown once", "2024-10-27T03:00:00", "2024-10-27T02:00:00Z"],
  ])("%s", (_what, clock, instant) => {
    expect(dateOfTicks(ticksOfClock(clock))).toEqual(new Date(instant));
  });
});
