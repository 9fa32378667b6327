import { SECBUFFER_SUBSCRIBE_GENERIC_TLS_EXTENSION, SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import {
  SEC_E_EXT_BUFFER_TOO_SMALL,
  SEC_I_CONTINUE_NEEDED,
  SEC_I_GENERIC_EXTENSION_RECEIVED,
} from "../../generated/status/constants.ts";
import type { LegAnswer, LegCall } from "./scripted-legs.ts";

/**
 * Legs of Schannel whose input subscribes to extensions, as Windows answers them: SEC_I_GENERIC_EXTENSION_RECEIVED, with
 * the extension in the output buffer of type SECBUFFER_SUBSCRIBE_GENERIC_TLS_EXTENSION, and then the leg itself, when it is
 * called with the same input again; SEC_E_EXT_BUFFER_TOO_SMALL, and the size in `cbBuffer`, where the room is too small
 * (tls_schannel.c of microsoft/msquic, which does so).
 * Assumed: a first leg that received an extension has made the context, and one with too little room has not.
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
