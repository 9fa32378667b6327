import { withArena, writeWideString } from "../../memory/index.ts";
import { checkBytes, checkText } from "../../values/index.ts";
import type { IdentityFunctions } from "./identity-functions.ts";
import { type HeldIdentity, handedOut } from "./identity-memory.ts";

/** What an identity is made of. */
export interface IdentityStrings {
  readonly user?: string;
  readonly domain?: string;
  /** A password, or packed credentials as text, as {@link AuthIdentity.strings} gives them. */
  readonly packedCredentials?: string;
}

/** @throws TypeError, RangeError, SspiError; the secret is never part of the message. */
export function encodeIdentity(functions: IdentityFunctions, strings: IdentityStrings): HeldIdentity {
  if (typeof strings !== "object" || strings === null)
    throw new TypeError(`strings: expected { user?, domain?, packedCredentials? }, got ${typeof strings}`);
  const { user, domain, packedCredentials } = strings;
  if (user !== undefined) checkText(user, "strings.user");
  if (domain !== undefined) checkText(domain, "strings.domain");
  if (packedCredentials !== undefined) checkText(packedCredentials, "strings.packedCredentials", { secret: true });
  return withArena(1024, (arena) => {
    const [one, two, three] = [user, domain, packedCredentials].map((text) =>
      text === undefined ? 0 : writeWideString(arena, text).address,
    ) as [number, number, number];
    return handedOut(functions, "SspiEncodeStringsAsAuthIdentity", (cell) =>
      functions.SspiEncodeStringsAsAuthIdentity(one, two, three, cell),
    );
  });
}

/** @throws TypeError, RangeError, SspiError */
export function unmarshalIdentity(functions: IdentityFunctions, bytes: Uint8Array): HeldIdentity {
  checkBytes(bytes, "bytes");
  if (bytes.length === 0) throw new RangeError("bytes: expected a marshalled identity, got none");
  return withArena(bytes.length, (arena) => {
    const { address } = arena.write(bytes);
    return handedOut(functions, "SspiUnmarshalAuthIdentity", (cell) =>
      functions.SspiUnmarshalAuthIdentity(bytes.length, address, cell),
    );
  });
}
