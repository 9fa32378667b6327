import { withArena, writeWideSecret } from "../../memory/index.ts";
import { checkBytes, checkSecret, checkText, type OptionNames, readOptions, type Secret } from "../../values/index.ts";
import type { IdentityFunctions } from "./identity-functions.ts";
import { type HeldIdentity, handedOut } from "./identity-memory.ts";

/** The strings that an identity is made from. */
export interface IdentityStrings {
  /** The account's name. */
  readonly user?: string;
  /** The account's domain; empty if there is none. */
  readonly domain?: string;
  /** A password, or packed credentials as text, as {@link AuthIdentity.strings} returns them; or its UTF-8 bytes. */
  readonly packedCredentials?: Secret;
}

const stringsNames: OptionNames<IdentityStrings> = { user: true, domain: true, packedCredentials: true };

/** @throws TypeError, RangeError, SspiError; the secret is never part of the message. */
export function encodeIdentity(functions: IdentityFunctions, strings: IdentityStrings): HeldIdentity {
  const { user, domain, packedCredentials } = readOptions<IdentityStrings>(strings, "strings", stringsNames);
  if (user !== undefined) checkText(user, "strings.user");
  if (domain !== undefined) checkText(domain, "strings.domain");
  if (packedCredentials !== undefined) checkSecret(packedCredentials, "strings.packedCredentials");
  return withArena(1024, (arena) => {
    const [one, two, three] = [user, domain, packedCredentials].map((text) =>
      text === undefined ? 0 : writeWideSecret(arena, text).address,
    ) as [number, number, number];
    return handedOut(functions, "SspiEncodeStringsAsAuthIdentity", (cell) =>
      functions.SspiEncodeStringsAsAuthIdentity(one, two, three, cell),
    );
  });
}

/** @throws TypeError, RangeError, SspiError */
export function unmarshalIdentity(functions: IdentityFunctions, bytes: Uint8Array): HeldIdentity {
  const given = checkBytes(bytes, "bytes");
  if (given.length === 0) throw new RangeError("bytes: expected a marshalled identity, got none");
  return withArena(given.length, (arena) => {
    const { address } = arena.write(given);
    return handedOut(functions, "SspiUnmarshalAuthIdentity", (cell) =>
      functions.SspiUnmarshalAuthIdentity(given.length, address, cell),
    );
  });
}
