import { inspect } from "node:util";
import { isBytes, lengthOf } from "../values/index.ts";

/**
 * An error that carries a token as `util.inspect` shows it: a token may contain a credential's response to a challenge,
 * so only its size is shown, never its bytes.
 */
export function shownError(error: Error & { readonly token: unknown }, options: object, fields = ""): string {
  const { token, stack } = error;
  const size = isBytes(token) ? `\n  token for the peer: ${lengthOf(token)} bytes` : "";
  const cause = Object.hasOwn(error, "cause") ? `\n  cause: ${inspect(error.cause, options)}` : "";
  return `${stack}${fields}${size}${cause}`;
}
