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

/** The failure of a system function; `error` is the code from GetLastError. */
export interface SystemFailure {
  readonly operation: string;
  readonly error: number;
}

/** Memory with the information of a token; pointers in it point to other parts of the same memory. */
export interface TokenInformation {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Address of its first byte. */
  readonly base: number;
}

/** The largest accepted size in bytes. No token's groups need this much, so a larger reported size is refused. */
const maxInformation = 0x10_0000;
/** The first room for an account or domain name, in UTF-16 code units; nearly all names fit. */
const usualName = 256;

/** Binds a function that every system with access tokens has. @throws FunctionNotFoundError */
function required(declaration: FunctionDeclaration): NativeFunction {
  const native = windowsFunction(declaration);
  if (!native) throw new FunctionNotFoundError(declaration);
  return native;
}

/**
 * Queries one class of information about a token.
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
 * Whether access checks count `sid` in a token. CheckTokenMembership accepts only impersonation tokens, so the token is
 * duplicated first.
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

/** An account with its Windows names; `domain` is empty for an account without a domain. */
export interface SystemAccount {
  readonly domain: string;
  readonly account: string;
}

/**
 * The memory of one LookupAccountSidW call: while this object is reachable, so is everything that the call reads and
 * writes.
 */
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

  /** A lookup with as much room as the call asked for; undefined if the call failed for another reason. */
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
 * Looks up the account of a security identifier off the event loop, because Windows may ask a domain controller;
 * undefined for an unknown identifier.
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
