import { describe, expect, it } from "vitest";
import { fuzz } from "./fuzz-run.ts";
import { chosenSeeds } from "./seeds.ts";
import type { StreamWorldName } from "./stream-worlds.ts";
import type { Connection } from "./streams-child.ts";

const script = new URL("streams-child.ts", import.meta.url);

const worlds: readonly (readonly [string, StreamWorldName, readonly string[]])[] = [
  ["SecureStream on TLS 1.2", "TLS 1.2", ["context.query", "stream.alpnProtocol"]],
  ["SecureStream on TLS 1.3", "TLS 1.3", ["context.query", "stream.alpnProtocol"]],
  ["SecureStream on a package of records", "records", ["context.query", "stream.alpnProtocol"]],
  ["CredsspStream", "CredSSP", ["stream.peer", "stream.getPeerX509Certificate"]],
];

describe("all public calls in an unexpected order, on streams whose connection is changed or breaks", () => {
  it.each(worlds)(
    "never end the process, throw typed errors, give out what was sent only, and leave nothing alive: %s",
    { timeout: 300_000 },
    async (label, name, members) => {
      const seeds = chosenSeeds();
      console.log(`${label}: seeds ${seeds.join(" and ")}; SSPI_FUZZ_SEED=${seeds[1]} tries them again`);
      const { cases, fatal } = await fuzz<Connection>(script, { names: [name], seeds, rows: 12, calls: 40 });
      expect(fatal).toEqual([]);
      const flawed = cases.filter(({ flaws, held }) => flaws.length > 0 || held !== 0);
      expect(flawed.map(({ seed, flaws, held }) => ({ seed, flaws, held })).slice(0, 5)).toEqual([]);
      expect(cases).toHaveLength(2 * 12);
      const called = new Set(cases.flatMap((one) => one.called));
      expect([...called]).toEqual(expect.arrayContaining([...members, "write", "transport.destroy", "abort"]));
      expect(cases.filter(({ received }) => received > 0).length).toBeGreaterThan(4);
    },
  );
});
