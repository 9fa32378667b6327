const ticksPerMillisecond = 10_000n;
/** Between 1601-01-01, where FILETIME begins, and 1970-01-01. */
const epochMilliseconds = 11_644_473_600_000n;
/** "Never" is the largest signed value; packages take a day off it, or what their zone is ahead of UTC. */
const never = 0x7fff_ffff_ffff_ffffn - 2n * 86_400_000n * ticksPerMillisecond;
/** The last instant a Date can hold. */
const lastInstant = 8_640_000_000_000_000;

/**
 * The instant of a `TimeStamp`: 100 ns ticks since 1601 in the provider's local time. "Never" (the largest
 * values) is the last instant that a Date can hold; zero, a time that was not given, is undefined.
 */
export function dateOfTicks(ticks: bigint): Date | undefined {
  if (ticks === 0n) return undefined;
  const unsigned = BigInt.asUintN(64, ticks);
  if (unsigned >= never) return new Date(lastInstant);
  const local = new Date(Number(unsigned / ticksPerMillisecond - epochMilliseconds));
  // Read as UTC the fields are the local clock's; the same fields in this machine's zone are the instant.
  return new Date(
    local.getUTCFullYear(),
    local.getUTCMonth(),
    local.getUTCDate(),
    local.getUTCHours(),
    local.getUTCMinutes(),
    local.getUTCSeconds(),
    local.getUTCMilliseconds(),
  );
}

/** An expiry for people, behind something else; the last instant is never. */
export function expiryText(expiry: Date | undefined): string {
  if (expiry === undefined) return "";
  return expiry.getTime() >= lastInstant ? ", for ever" : `, until ${expiry.toISOString()}`;
}

/** The `TimeStamp` of an instant, as {@link dateOfTicks} reads it; "never" for undefined and for the last instant. */
export function ticksOfDate(date: Date | undefined): bigint {
  if (date === undefined || date.getTime() >= lastInstant) return 0x7fff_ffff_ffff_ffffn;
  const local = Date.UTC(
    date.getFullYear(),
    date.getMonth(),
    date.getDate(),
    date.getHours(),
    date.getMinutes(),
    date.getSeconds(),
    date.getMilliseconds(),
  );
  return (BigInt(local) + epochMilliseconds) * ticksPerMillisecond;
}
