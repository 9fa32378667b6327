import type { Contender, Established } from "./contender.ts";
import { processorTimeSince } from "./processor-time.ts";
import type { Workload } from "./workloads.ts";

/** One workload's outcome. The first contender is what the others are divided by. */
export interface Measured {
  readonly workload: string;
  /** Median time of one operation of the first contender, in µs. */
  readonly baseline: number;
  /** By contender: the median of what it took in a round, divided by what the first contender took in that round. */
  readonly ratios: Readonly<Record<string, Spread>>;
}

export interface Spread {
  readonly median: number;
  /** Half of the rounds are between these two. */
  readonly low: number;
  readonly high: number;
  /** The shortest of all rounds, divided by the first contender's: other programs disturb those rounds least. */
  readonly least: number;
  /** The median of the ratios of processor time, which other programs take nothing of; where the system counts it finely. */
  readonly processor?: number;
}

interface Entry {
  readonly contender: Contender;
  readonly established: Established | undefined;
}

/**
 * Runs a slice of every contender in each round, starting with another one each time: whatever slows the
 * machine down for longer than a round slows all of them down.
 */
async function measure(
  workload: Workload,
  entries: readonly Entry[],
  rounds: number,
  warmUp: number,
): Promise<Measured> {
  const runners = entries.flatMap(({ contender, established }) => {
    const run = workload.prepare(contender, established);
    return run ? [{ name: contender.name, run, times: [] as number[], processor: [] as number[] }] : [];
  });
  for (let round = -warmUp; round < rounds; round += 1) {
    for (let turn = 0; turn < runners.length; turn += 1) {
      const runner = runners[(turn + Math.abs(round)) % runners.length]!;
      const before = process.cpuUsage();
      const start = process.hrtime.bigint();
      await runner.run(workload.slice);
      const time = Number(process.hrtime.bigint() - start);
      const processor = processorTimeSince(before);
      if (round < 0) continue;
      runner.times.push(time);
      runner.processor.push(processor);
    }
  }
  const [base] = runners as [(typeof runners)[number]];
  const ratios = runners.map(({ name, times, processor }): [string, Spread] => {
    const spent = spread(quotients(processor, base.processor)).median;
    const least = Math.min(...times) / Math.min(...base.times);
    return [name, { ...spread(quotients(times, base.times)), least, ...(countsFinely && { processor: spent }) }];
  });
  return {
    workload: workload.name,
    baseline: spread(base.times).median / workload.slice / 1000,
    ratios: Object.fromEntries(ratios),
  };
}

/** Windows counts in ticks, which are longer than a slice. */
const countsFinely = process.platform !== "win32";

function quotients(values: readonly number[], others: readonly number[]): readonly number[] {
  return values.map((value, index) => value / others[index]!);
}

/** Prints a line of JSON for each workload, and closes what the contenders have opened. */
export async function compare(
  contenders: readonly Contender[],
  workloads: readonly Workload[],
  { rounds, warmUp }: { readonly rounds: number; readonly warmUp: number },
): Promise<void> {
  const entries = contenders.map((contender) => ({ contender, established: contender.establish?.() }));
  for (const workload of workloads) console.log(JSON.stringify(await measure(workload, entries, rounds, warmUp)));
  for (const { contender, established } of entries) {
    established?.close();
    await contender.close?.();
  }
}

function spread(values: readonly number[]): Pick<Spread, "median" | "low" | "high"> {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.round((sorted.length - 1) * part)]!;
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}
