import { hresultNames } from "../../generated/hresult-names.ts";
import { ntStatusNames } from "../../generated/nt-status-names.ts";
import {
  type HresultName,
  hresult,
  type NtStatusName,
  ntStatus,
  type SspiStatusName,
  sspiStatus,
  type Win32ErrorName,
  win32Error,
} from "../../generated/status.ts";
import { win32ErrorNames } from "../../generated/win32-error-names.ts";

/** The status names of the headers: SSPI statuses, NTSTATUS, HRESULTs of certificates and keys, and Win32 errors. */
export type StatusName = SspiStatusName | NtStatusName | HresultName | Win32ErrorName;

/** The name of a status; a number without a name in the headers is written in hexadecimal instead. */
export type StatusCode = StatusName | `0x${string}`;

/** How severe a status is. */
export type StatusKind = "success" | "informational" | "warning" | "error";

/** What the headers define about a status. */
export interface StatusFact {
  /** Its name in the headers, or its number in hexadecimal. */
  readonly code: StatusCode;
  /** Its number, unsigned. */
  readonly status: number;
  /** How severe it is. */
  readonly kind: StatusKind;
  /** A one-line description. */
  readonly text: string;
}

let byNumber: Map<number, StatusFact> | undefined;

/**
 * Looks up a status by its number, signed or unsigned, or by its name. If two names share a number, the result has the
 * one that the headers list first. An HRESULT that wraps a Win32 error has the name of that error.
 *
 * @throws TypeError or RangeError for a value that is neither a 32-bit number nor a name in the headers
 */
export function statusFact(status: number | StatusName): StatusFact {
  byNumber ??= index();
  const unsigned = numberOf(status) >>> 0;
  return (
    byNumber.get(unsigned) ?? {
      code: `0x${unsigned.toString(16).padStart(8, "0")}`,
      status: unsigned,
      kind: kindOf(unsigned),
      text: win32Text(byNumber, unsigned) ?? "a status that the headers do not name",
    }
  );
}

function numberOf(status: unknown): number {
  if (typeof status === "string") {
    const number = statusNumber(status as SspiStatusName);
    if (number === undefined)
      throw new RangeError(`status: expected a name of the headers, got a string of ${status.length} characters`);
    return number;
  }
  if (typeof status !== "number") throw new TypeError(`status: expected a number or a name, got ${typeof status}`);
  if (!Number.isInteger(status) || status < -0x8000_0000 || status > 0xffff_ffff)
    throw new RangeError(`status: expected an integer of 32 bits, got ${status}`);
  return status;
}

/** `HRESULT_FROM_WIN32` of winerror.h, for errors of 16 bits. */
const fromWin32 = 0x8007_0000;

/** A family of status names with a common prefix. */
interface Family {
  readonly explained: Readonly<Record<string, { readonly value: number; readonly text: string }>>;
  /** The names without an explanation, each after its number in hexadecimal. */
  readonly names: string;
  readonly prefix: string;
  /** The offset that converts a number to a status. */
  readonly offset: number;
}

/** If families share a number, the first family names it. */
const families: readonly Family[] = [
  { explained: sspiStatus, names: "", prefix: "SEC_", offset: 0 },
  { explained: hresult, names: hresultNames, prefix: "", offset: 0 },
  { explained: ntStatus, names: ntStatusNames, prefix: "STATUS_", offset: 0 },
  { explained: win32Error, names: win32ErrorNames, prefix: "ERROR_", offset: fromWin32 },
];

function index(): Map<number, StatusFact> {
  const facts = new Map<number, StatusFact>();
  const add = (code: string, value: number, text: string): void => {
    if (!facts.has(value)) facts.set(value, { code: code as StatusCode, status: value, kind: kindOf(value), text });
  };
  for (const { explained, offset } of families)
    for (const [code, { value, text }] of Object.entries(explained)) add(code, value + offset, text);
  for (const { names, prefix, offset } of families)
    for (const [, number, name] of names.matchAll(/([0-9a-f]+)_(\w+)/g))
      add(`${prefix}${name}`, Number(`0x${number}`) + offset, "only its name says what it is");
  return facts;
}

/** The text for an unconverted Win32 error, which is not a status: 87, for example, would count as a success. */
function win32Text(facts: ReadonlyMap<number, StatusFact>, status: number): string | undefined {
  const error = status < 0x1_0000 ? facts.get(status + fromWin32) : undefined;
  return error && `${error.code} of Win32, which is no status: ${error.text}`;
}

/**
 * An NTSTATUS has two severity bits, an HRESULT only one. The HRESULT facilities are 9 (SSPI and keys), 7 (Win32) and
 * 11 (certificates), 16 (smart cards), and numbers of 0x4000 and above of facility 0.
 */
function kindOf(value: number): StatusKind {
  const high = value >>> 16;
  if (high === 0x8009 || high === 0x8007 || high === 0x800b || high === 0x8010) return "error";
  // E_FAIL and the like share the facility of NTSTATUS warnings, whose numbers are smaller.
  if (high === 0x8000 && (value & 0xffff) >= 0x4000) return "error";
  if (high === 0x0009) return "informational";
  return (["success", "informational", "warning", "error"] as const)[value >>> 30] ?? "error";
}

/** The number of a name in the headers; undefined for an unknown name. */
export function statusNumber(code: StatusName): number | undefined {
  for (const { explained, names, prefix, offset } of families) {
    const known = Object.hasOwn(explained, code) ? explained[code] : undefined;
    if (known) return known.value + offset;
    if (!code.startsWith(prefix)) continue;
    const rest = /^\w{1,100}$/.exec(code.slice(prefix.length))?.[0];
    const number = rest && new RegExp(`\\b([0-9a-f]+)_${rest}\\b`).exec(names)?.[1];
    if (number !== undefined) return Number(`0x${number}`) + offset;
  }
  return undefined;
}
