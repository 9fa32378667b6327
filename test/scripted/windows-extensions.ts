import { SECBUFFER_SUBSCRIBE_GENERIC_TLS_EXTENSION, SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import {
  SEC_E_EXT_BUFFER_TOO_SMALL,
  SEC_I_CONTINUE_NEEDED,
  SEC_I_GENERIC_EXTENSION_RECEIVED,
} from "../../generated/status/constants.ts";
import type { LegAnswer, LegCall } from "./scripted-legs.ts";

/**
 * Legs of Schannel whose input subscribes to extensions, as Windows runs them (see tls_schannel.c of microsoft/msquic).
 * The first call returns SEC_I_GENERIC_EXTENSION_RECEIVED with the extension in the output buffer of type
 * SECBUFFER_SUBSCRIBE_GENERIC_TLS_EXTENSION; the next call with the same input runs the leg. If that buffer is too
 * small, the call returns SEC_E_EXT_BUFFER_TOO_SMALL and the needed size in `cbBuffer`.
 * Assumed: a first call that received an extension made the context, and a call with too small a buffer did not.
 */
export function windowsExtension(content: Uint8Array): (call: LegCall) => LegAnswer {
  let shown: string | undefined;
  return ({ input, output }) => {
    const given = JSON.stringify(input?.all.map(({ type, bytes }) => [type, bytes.toString("hex")]) ?? []);
    if (shown !== undefined) {
      if (shown !== given) throw new Error(`the second call has other input: ${given} after ${shown}`);
      return { status: SEC_I_CONTINUE_NEEDED, token: Buffer.from("token") };
    }
    const subscribed = input?.types.includes(SECBUFFER_SUBSCRIBE_GENERIC_TLS_EXTENSION);
    const index = output.types.indexOf(SECBUFFER_SUBSCRIBE_GENERIC_TLS_EXTENSION);
    if (!subscribed || index < 0 || output.types[0] !== SECBUFFER_TOKEN)
      throw new Error("the leg subscribes to no extension, or has no room for one");
    if ((output.all[index]?.size ?? 0) < content.length) {
      output.change(index, { size: content.length });
      return { status: SEC_E_EXT_BUFFER_TOO_SMALL };
    }
    output.fill(index, content);
    shown = given;
    return { status: SEC_I_GENERIC_EXTENSION_RECEIVED };
  };
}
