const ticksPerMillisecond = 10_000n;
/** Between 1601-01-01, where FILETIME begins, and 1970-01-01. */
const epochMilliseconds = 11_644_473_600_000n;
/** The last instant a Date can hold. */
const lastInstant = 8_640_000_000_000_000n;

/**
 * The instant of a `TimeStamp`: 100 ns ticks since 1601 in the provider's local time. "Never" (the largest
 * values) is the last instant that a Date can hold; zero, a time that was not given, is undefined.
 */
export function dateOfTicks(ticks: bigint): Date | undefined {
  if (ticks === 0n) return undefined;
  const milliseconds = BigInt.asUintN(64, ticks) / ticksPerMillisecond - epochMilliseconds;
  if (milliseconds > lastInstant) return new Date(Number(lastInstant));
  const local = new Date(Number(milliseconds));
  // Read as UTC the fields are the local clock's; the same fields in this machine's zone are the instant.
  const instant = new Date(
    local.getUTCFullYear(),
    local.getUTCMonth(),
    local.getUTCDate(),
    local.getUTCHours(),
    local.getUTCMinutes(),
    local.getUTCSeconds(),
    local.getUTCMilliseconds(),
  );
  return Number.isNaN(instant.getTime()) ? new Date(Number(lastInstant)) : instant;
}
