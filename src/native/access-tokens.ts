import {
  CheckTokenMembership,
  DuplicateToken,
  GetTokenInformation,
  LookupAccountSidW,
} from "../../generated/base/functions.ts";
import { SECURITY_IMPERSONATION_LEVEL, type TOKEN_INFORMATION_CLASS } from "../../generated/winnt/constants.ts";
import type { FunctionDeclaration } from "../ctypes/index.ts";
import { callOffThread } from "./async-calls.ts";
import { FunctionNotFoundError } from "./function-not-found.ts";
import type { NativeFunction } from "./koffi.ts";
import { addressOfBuffer } from "./memory-access.ts";
import { takeTurn } from "./turns.ts";
import { windowsFunction, withLastError } from "./windows-functions.ts";
import { closeHandle } from "./windows-handles.ts";

/** A function of the system failed; `error` is what GetLastError says. */
export interface SystemFailure {
  readonly operation: string;
  readonly error: number;
}

/** Memory that a token's information fills; its pointers lead into it. */
export interface TokenInformation {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Address of its first byte. */
  readonly base: number;
}

/** More than the groups of any token take: a package's answer beyond it is not believed. */
const maxInformation = 0x10_0000;
/** UTF-16 code units that account and domain names fit in at once nearly always. */
const usualName = 256;

/** Bound, because a system without it has no tokens either. @throws FunctionNotFoundError */
function required(declaration: FunctionDeclaration): NativeFunction {
  const native = windowsFunction(declaration);
  if (!native) throw new FunctionNotFoundError(declaration);
  return native;
}

/**
 * What a token tells about one class.
 *
 * @throws FunctionNotFoundError where the system has no tokens.
 */
export function tokenInformation(token: bigint, about: TOKEN_INFORMATION_CLASS): TokenInformation | SystemFailure {
  const native = required(GetTokenInformation);
  const needed = new Uint32Array(1);
  const neededAt = addressOfBuffer(needed.buffer);
  const first = withLastError(() => native(token, about, 0, 0, neededAt));
  const size = needed[0] as number;
  if (size === 0 || size > maxInformation) return { operation: "GetTokenInformation", error: first.error };
  const bytes = new Uint8Array(new ArrayBuffer(size));
  const base = addressOfBuffer(bytes.buffer);
  const { answer, error } = withLastError(() => native(token, about, base, size, neededAt));
  return answer === 0 ? { operation: "GetTokenInformation", error } : { bytes, base };
}

/**
 * Whether access checks count `sid` in a token. CheckTokenMembership takes a thread's token only, so a process's
 * token is duplicated first.
 *
 * @throws FunctionNotFoundError where the system has no tokens.
 */
export function isTokenMember(token: bigint, sid: Uint8Array<ArrayBuffer>): boolean | SystemFailure {
  const handle = new BigUint64Array(1);
  const duplicate = withLastError(() =>
    required(DuplicateToken)(
      token,
      SECURITY_IMPERSONATION_LEVEL.SecurityIdentification,
      addressOfBuffer(handle.buffer),
    ),
  );
  if (duplicate.answer === 0) return { operation: "DuplicateToken", error: duplicate.error };
  try {
    const member = new Int32Array(1);
    const at = [addressOfBuffer(sid.buffer) + sid.byteOffset, addressOfBuffer(member.buffer)] as const;
    const { answer, error } = withLastError(() => required(CheckTokenMembership)(handle[0] as bigint, ...at));
    return answer === 0 ? { operation: "CheckTokenMembership", error } : member[0] !== 0;
  } finally {
    closeHandle(handle[0] as bigint);
  }
}

/** An account as Windows names it; `domain` is empty where it belongs to none. */
export interface SystemAccount {
  readonly domain: string;
  readonly account: string;
}

/** The memory of one LookupAccountSidW: whoever holds this holds all that the call reads and writes. */
class AccountLookup {
  readonly #sid: Uint8Array<ArrayBuffer>;
  readonly #account: Uint16Array<ArrayBuffer>;
  readonly #domain: Uint16Array<ArrayBuffer>;
  /** `cchName`, `cchReferencedDomainName`, `peUse` */
  readonly #numbers: Uint32Array<ArrayBuffer>;

  constructor(sid: Uint8Array<ArrayBuffer>, accountSize: number, domainSize: number) {
    this.#sid = sid;
    this.#account = new Uint16Array(accountSize);
    this.#domain = new Uint16Array(domainSize);
    this.#numbers = Uint32Array.of(accountSize, domainSize, 0);
  }

  get args(): readonly number[] {
    const numbers = addressOfBuffer(this.#numbers.buffer);
    return [
      0,
      addressOfBuffer(this.#sid.buffer) + this.#sid.byteOffset,
      addressOfBuffer(this.#account.buffer),
      numbers,
      addressOfBuffer(this.#domain.buffer),
      numbers + 4,
      numbers + 8,
    ];
  }

  get found(): SystemAccount {
    return { domain: wideText(this.#domain), account: wideText(this.#account) };
  }

  /** With as much room as the call asked for; undefined where room is not what it lacked. */
  get larger(): AccountLookup | undefined {
    const [account = 0, domain = 0] = this.#numbers;
    if (account <= this.#account.length && domain <= this.#domain.length) return undefined;
    return new AccountLookup(this.#sid, account, domain);
  }
}

function wideText(units: Uint16Array): string {
  const end = units.indexOf(0);
  return String.fromCharCode(...units.subarray(0, end < 0 ? units.length : end));
}

/**
 * The account of a security identifier, looked up off the event loop, because a domain controller may be asked;
 * undefined where nobody knows it.
 *
 * @throws FunctionNotFoundError where the system has no accounts of this kind.
 */
export async function accountOfSid(sid: Uint8Array<ArrayBuffer>): Promise<SystemAccount | undefined> {
  const native = required(LookupAccountSidW);
  let lookup = new AccountLookup(sid, usualName, usualName);
  for (;;) {
    const turn = await takeTurn("initiating");
    try {
      if ((await callOffThread(native, lookup.args)) !== 0) return lookup.found;
    } finally {
      turn.end();
    }
    const { larger } = lookup;
    if (!larger) return undefined;
    lookup = larger;
  }
}
