import { describe, expect, it } from "vitest";
import { drawPicture } from "../../bench/picture.ts";

const svg = drawPicture({
  setting: "a machine",
  ratios: [
    {
      workload: "encrypt + decrypt 16 B",
      baseline: 2,
      ratios: {
        C: { median: 1, low: 1, high: 1, least: 1 },
        "koffi alone": { median: 1.13, low: 1.12, high: 1.15, least: 1.12 },
        addon: { median: 1.12, low: 1.11, high: 1.14, least: 1.11 },
        "public API": { median: 1.34, low: 1.33, high: 1.37, least: 1.33 },
      },
    },
  ],
  load: [
    { workers: 1, inFlight: 1, legsPerSecond: 5000, delay: { p50: 0, p99: 3 } },
    { workers: 1, inFlight: 10, legsPerSecond: 6000, delay: { p50: 0, p99: 4 } },
  ],
});

describe("the benchmark's picture", () => {
  it("names the workloads, the contenders, the goal and the machine", () => {
    for (const words of [
      "encrypt + decrypt 16 B",
      "public API",
      "addon",
      "koffi alone",
      "goal",
      "a machine",
      "1 thread",
    ])
      expect(svg).toContain(`>${words}</text>`);
  });

  it("gives every colour in use a value for a light and for a dark page", () => {
    const [light = "", dark = ""] = svg.slice(svg.indexOf("<style>"), svg.indexOf("</style>")).split("@media");
    const drawn = svg.slice(svg.indexOf("</style>"));
    const used = new Set([...drawn.matchAll(/(?:fill|stroke)="#0\w0\w0\w"/g)].map(([colour]) => colour));
    expect(used.size).toBeGreaterThan(5);
    for (const colour of used) for (const scheme of [light, dark]) expect(scheme).toContain(`[${colour}]`);
  });

  it("paints in no other colour", () => {
    // What is below defs cuts, and is not painted.
    const painted = [...svg.slice(svg.indexOf("</style>"), svg.indexOf("<defs")).matchAll(/<\w[^>]*>/g)]
      .map(([tag]) => tag)
      .filter((tag) => !tag.includes('fill-opacity="0"'));
    const colours = painted.flatMap((tag) =>
      [...tag.matchAll(/(?:fill|stroke)="([^"]+)"/g)].map(([, colour]) => colour),
    );
    expect(colours.filter((colour) => !/^(#0\w0\w0\w|none|transparent)$/.test(String(colour)))).toEqual([]);
  });
});
