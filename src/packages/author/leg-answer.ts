import {
  SECBUFFER_EMPTY,
  SECBUFFER_EXTRA,
  SECBUFFER_MISSING,
  SECBUFFER_TOKEN,
} from "../../../generated/sspi/constants.ts";
import {
  SEC_E_INCOMPLETE_MESSAGE,
  SEC_E_OK,
  SEC_I_CONTINUE_NEEDED,
  SEC_I_INCOMPLETE_CREDENTIALS,
} from "../../../generated/status/constants.ts";
import { findBuffer, type SecurityBuffer } from "../../interface/security-buffers.ts";
import { checkBytes, checkUint, shapeOf } from "../../values/index.ts";
import { present } from "./answers.ts";
import type { PackageLeg } from "./definition.ts";
import { PackageError } from "./package-error.ts";
import type { SystemServices } from "./system-services.ts";

export const legStatus = {
  continue: SEC_I_CONTINUE_NEEDED,
  complete: SEC_E_OK,
  "incomplete-credentials": SEC_I_INCOMPLETE_CREDENTIALS,
  "incomplete-message": SEC_E_INCOMPLETE_MESSAGE,
} as const;

/**
 * Checks the result of a leg, because any other value would be read as success. The returned leg has plain views of the
 * author's bytes, because the author's own arrays may give another length each time that they are asked.
 *
 * @throws TypeError or RangeError for anything but a leg.
 */
export function checkLeg<C, G extends string>(value: PackageLeg<C, G>, name: string): PackageLeg<C, G> {
  const leg = present(value, name);
  if (typeof leg !== "object" || !Object.hasOwn(legStatus, leg.status))
    throw new TypeError(
      `${name}: expected a leg with a status (${Object.keys(legStatus).join(", ")}), got ${shapeOf(leg)}`,
    );
  if (leg.status === "incomplete-message") return leg;
  present(leg.context, `${name}: the leg's context`);
  const { status, context, granted, extra } = leg;
  if (extra !== undefined) checkUint(extra, `${name}: the leg's extra`);
  const token = checkedIfGiven(leg.token, `${name}: the leg's token`);
  const parts = { status, context, granted, token, extra };
  if (leg.status !== "complete") return parts as PackageLeg<C, G>;
  const session = checkedIfGiven(leg.session, `${name}: the leg's session`);
  return { ...parts, expiry: leg.expiry, session } as PackageLeg<C, G>;
}

function checkedIfGiven(bytes: Uint8Array | undefined, argument: string): Uint8Array | undefined {
  return bytes === undefined ? undefined : checkBytes(bytes, argument);
}

/** Writes the token into the caller's buffer, or into an allocation that the caller releases. */
export function putToken(
  output: readonly SecurityBuffer[],
  token: Uint8Array | undefined,
  services: SystemServices,
  allocates: boolean,
): void {
  const buffer = findBuffer(output, SECBUFFER_TOKEN) ?? findBuffer(output, SECBUFFER_EMPTY);
  if (!token || token.length === 0) {
    buffer?.change({ size: 0 });
    return;
  }
  if (!buffer) throw new PackageError("SEC_E_INVALID_TOKEN", { message: "no buffer for the output token" });
  if (allocates || buffer.pointer === 0n) {
    buffer.change({ type: SECBUFFER_TOKEN, pointer: services.lsaBytes(token), size: token.length });
    return;
  }
  if (buffer.size < token.length) throw new PackageError("SEC_E_BUFFER_TOO_SMALL");
  buffer.fill(token);
}

/** Writes into the input buffers how many bytes are left over or still missing. */
export function putRest(input: readonly SecurityBuffer[], leg: PackageLeg<unknown, string>): void {
  const spare = findBuffer(input, SECBUFFER_EMPTY);
  if (leg.status === "incomplete-message") {
    if (leg.missing) spare?.change({ type: SECBUFFER_MISSING, size: leg.missing });
  } else if (leg.extra) spare?.change({ type: SECBUFFER_EXTRA, size: leg.extra });
}
