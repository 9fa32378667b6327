import { describe, expect, it } from "vitest";
import { providers } from "../live/providers.ts";
import type { Burst } from "./bursts.ts";
import { measuredChild } from "./measured-child.ts";

const mebibyte = 2 ** 20;

describe.each(providers.map(({ label }) => ({ label })))(
  "F14 memory of a burst of first legs on $label",
  ({ label }) => {
    it("is given back after 10 000 first legs at once, and a second time takes no more", async () => {
      const file = new URL("bursts.ts", import.meta.url);
      const [before, first, second] = await measuredChild<[Burst, Burst, Burst]>(file, [label, "10000"]);
      expect(first.arrayBuffers - before.arrayBuffers).toBeLessThan(8 * mebibyte);
      expect(second.arrayBuffers - before.arrayBuffers).toBeLessThan(8 * mebibyte);
      expect(second.resident - first.resident).toBeLessThan(8 * mebibyte);
    });
  },
);
