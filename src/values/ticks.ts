const ticksPerMillisecond = 10_000n;
/** The milliseconds from 1601-01-01, where FILETIME begins, to 1970-01-01. */
const epochMilliseconds = 11_644_473_600_000n;
/**
 * Values from here on mean "never". That is the largest signed value, but some packages subtract a day, or their time
 * zone's offset ahead of UTC.
 */
const never = 0x7fff_ffff_ffff_ffffn - 2n * 86_400_000n * ticksPerMillisecond;
/** The last instant a Date can hold. */
const lastInstant = 8_640_000_000_000_000;

/**
 * The instant of a `TimeStamp`: 100 ns ticks since 1601 in the provider's local time. "Never" (the largest values)
 * becomes the last instant that a Date can hold; zero, which means that no time was given, becomes undefined.
 */
export function dateOfTicks(ticks: bigint): Date | undefined {
  if (ticks === 0n) return undefined;
  const unsigned = BigInt.asUintN(64, ticks);
  if (unsigned >= never) return new Date(lastInstant);
  const local = utcDateOfTicks(unsigned);
  // The UTC fields of this Date are the provider's local time; the same fields in this machine's time zone give the
  // instant.
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

/** The instant of a FILETIME in UTC; an invalid Date where a Date cannot hold it. */
export function utcDateOfTicks(ticks: bigint): Date {
  return new Date(Number(ticks / ticksPerMillisecond - epochMilliseconds));
}

/** An expiry as text to append for people; the last instant means "for ever". */
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
