import { ntStatusNames } from "../../generated/nt-status-names.ts";
import { type NtStatusName, ntStatus, type SspiStatusName, sspiStatus } from "../../generated/status.ts";

/** The name of a status; a number that the headers do not name is its own name, in hex. */
export type StatusCode = SspiStatusName | NtStatusName | `0x${string}`;

/** How severe a status is. */
export type StatusKind = "success" | "informational" | "warning" | "error";

export interface StatusFact {
  readonly code: StatusCode;
  readonly kind: StatusKind;
  /** What it means, in a line. */
  readonly text: string;
}

let byNumber: Map<number, StatusFact> | undefined;

/**
 * What the headers say of a status, by its number, signed or not, or by its name. Where two names share a number it is
 * the one that the headers list first.
 *
 * @throws TypeError or RangeError for what is no number of 32 bits and no name of the headers
 */
export function statusFact(status: number | SspiStatusName | NtStatusName): StatusFact {
  byNumber ??= index();
  const unsigned = numberOf(status) >>> 0;
  return (
    byNumber.get(unsigned) ?? {
      code: `0x${unsigned.toString(16).padStart(8, "0")}`,
      kind: kindOf(unsigned),
      text: "a status that the headers do not name",
    }
  );
}

function numberOf(status: unknown): number {
  if (typeof status === "string") {
    const number = statusNumber(status as SspiStatusName);
    if (number === undefined)
      throw new RangeError(`status: expected a name of the headers, got ${JSON.stringify(status)}`);
    return number;
  }
  if (typeof status !== "number") throw new TypeError(`status: expected a number or a name, got ${typeof status}`);
  if (!Number.isInteger(status) || status < -0x8000_0000 || status > 0xffff_ffff)
    throw new RangeError(`status: expected an integer of 32 bits, got ${status}`);
  return status;
}

function index(): Map<number, StatusFact> {
  const facts = new Map<number, StatusFact>();
  for (const [code, { value, text }] of [...Object.entries(sspiStatus), ...Object.entries(ntStatus)])
    if (!facts.has(value)) facts.set(value, { code: code as StatusCode, kind: kindOf(value), text });
  for (const [, number, name] of ntStatusNames.matchAll(/([0-9a-f]+)(_\w+)/g))
    if (!facts.has(Number(`0x${number}`)))
      facts.set(Number(`0x${number}`), unexplained(`STATUS${name}` as StatusCode, Number(`0x${number}`)));
  return facts;
}

function unexplained(code: StatusCode, value: number): StatusFact {
  return { code, kind: kindOf(value), text: "only its name says what it is" };
}

/** NTSTATUS has its severity in two bits; SSPI's own numbers (facility 9) are HRESULTs, which have one. */
function kindOf(value: number): StatusKind {
  const high = value >>> 16;
  if (high === 0x8009) return "error";
  if (high === 0x0009) return "informational";
  return (["success", "informational", "warning", "error"] as const)[value >>> 30] ?? "error";
}

interface StatusValue {
  readonly value: number;
}

/** The number of a name in the headers; undefined for a name that they do not have. */
export function statusNumber(code: SspiStatusName | NtStatusName): number | undefined {
  for (const explained of [sspiStatus, ntStatus] as const)
    if (Object.hasOwn(explained, code)) return (explained as Readonly<Record<string, StatusValue>>)[code]?.value;
  const rest = /^STATUS(_\w+)$/.exec(code)?.[1];
  const [, number] = (rest && new RegExp(`\\b([0-9a-f]+)${rest}\\b`).exec(ntStatusNames)) || [];
  return number === undefined ? undefined : Number(`0x${number}`);
}
