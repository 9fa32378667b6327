import { SE_GROUP, TOKEN_INFORMATION_CLASS } from "../../generated/winnt/constants.ts";
import { SID_AND_ATTRIBUTES, TOKEN_GROUPS } from "../../generated/winnt/structs.ts";
import { hostAbi } from "../ctypes/index.ts";
import {
  accountOfSid,
  FunctionNotFoundError,
  isTokenMember,
  type SystemAccount,
  type SystemFailure,
  type TokenInformation,
  tokenInformation,
} from "../native/index.ts";
import { flagNames, readSid, sidBytes } from "../values/index.ts";
import { AccessTokenError } from "./access-token-error.ts";
import type { Group } from "./peer.ts";

/** The user of an access token. */
export interface AccessTokenUser {
  /** The security identifier: `S-1-5-21-…-1103`. */
  readonly sid: string;
  /** The qualified name, `EXAMPLE\alice`; absent where the system knows none. */
  readonly name?: string;
}

/** A security identifier read from a token's information. */
interface TokenSid {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly text: string;
}

/** Codes of winerror.h that stand for a contradictory answer of the system, as GetLastError would report it. */
const ERROR_INSUFFICIENT_BUFFER = 122;
const ERROR_INVALID_SID = 1337;

/** How many names are looked up at once: half of libuv's usual pool of four threads. */
const lookupsAtOnce = 2;

/** Runs a query to the system; a missing function or a refusal becomes an {@link AccessTokenError}. */
function asked<T>(operation: string, question: () => T | SystemFailure): T {
  let answer: T | SystemFailure;
  try {
    answer = question();
  } catch (error) {
    if (error instanceof FunctionNotFoundError) throw new AccessTokenError({ operation, error: 0 }, error);
    throw error;
  }
  if (typeof answer === "object" && answer !== null && "error" in answer) throw new AccessTokenError(answer);
  return answer as T;
}

/** How many bytes come before the sub-authorities; the second of these bytes is their count. */
const sidHeader = 8;

/**
 * Copies the identifier to which a pointer into the information points, with its text form.
 *
 * @throws AccessTokenError
 */
function sidAt({ bytes, base }: TokenInformation, pointer: bigint): TokenSid {
  const offset = Number(pointer - BigInt(base));
  const rest = offset < 0 ? new Uint8Array(0) : bytes.subarray(offset);
  const copy = rest.slice(0, sidHeader + 4 * (rest[1] ?? 0));
  try {
    return { bytes: copy, text: readSid(copy) };
  } catch (error) {
    throw new AccessTokenError({ operation: "GetTokenInformation", error: ERROR_INVALID_SID }, error);
  }
}

function qualified(found: SystemAccount | undefined): { readonly name?: string } {
  if (found === undefined || found.account === "") return {};
  return { name: found.domain === "" ? found.account : `${found.domain}\\${found.account}` };
}

/** @throws AccessTokenError */
export async function tokenUser(token: bigint): Promise<AccessTokenUser> {
  const information = asked("GetTokenInformation", () => tokenInformation(token, TOKEN_INFORMATION_CLASS.TokenUser));
  const { Sid } = SID_AND_ATTRIBUTES.read(new DataView(information.bytes.buffer));
  const sid = sidAt(information, Sid);
  return { sid: sid.text, ...qualified(await accountOfSid(sid.bytes)) };
}

/** @throws AccessTokenError */
export async function tokenGroups(token: bigint): Promise<readonly Group[]> {
  const information = asked("GetTokenInformation", () => tokenInformation(token, TOKEN_INFORMATION_CLASS.TokenGroups));
  const entries = groupEntries(information).map(({ Sid, Attributes }) => ({
    sid: sidAt(information, Sid),
    attributes: flagNames(SE_GROUP, Attributes),
  }));
  const groups: Group[] = new Array(entries.length);
  let next = 0;
  const lookUp = async (): Promise<void> => {
    for (let index = next++; index < entries.length; index = next++) {
      const { sid, attributes } = entries[index] as (typeof entries)[number];
      groups[index] = { sid: sid.text, ...qualified(await accountOfSid(sid.bytes)), attributes };
    }
  };
  await Promise.all(Array.from({ length: lookupsAtOnce }, lookUp));
  return groups;
}

/** The entries of TOKEN_GROUPS, whose count is checked against the memory that the system filled. */
function groupEntries({ bytes }: TokenInformation): SID_AND_ATTRIBUTES[] {
  const view = new DataView(bytes.buffer);
  const count = view.getUint32(0, true);
  const { size } = SID_AND_ATTRIBUTES.layouts[hostAbi];
  const first = TOKEN_GROUPS.layouts[hostAbi].size - size;
  if (first + count * size > bytes.length)
    throw new AccessTokenError({ operation: "GetTokenInformation", error: ERROR_INSUFFICIENT_BUFFER });
  return Array.from({ length: count }, (_, index) =>
    SID_AND_ATTRIBUTES.read(new DataView(bytes.buffer, first + index * size, size)),
  );
}

/** @throws TypeError or RangeError naming `sid`. @throws AccessTokenError */
export function tokenIsMember(token: bigint, sid: string): boolean {
  const bytes = sidBytes(sid, "sid");
  return asked("CheckTokenMembership", () => isTokenMember(token, bytes));
}
