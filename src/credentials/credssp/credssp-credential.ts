import { CREDSPP_SUBMIT_TYPE, CREDSSP_CRED_EX_VERSION, CREDSSP_FLAG } from "../../../generated/credssp/constants.ts";
import { CREDSSP_CRED, CREDSSP_CRED_EX } from "../../../generated/credssp/structs.ts";
import { hostAbi } from "../../ctypes/index.ts";
import type { Arena, Room } from "../../memory/index.ts";
import { flagBits, isBytes } from "../../values/index.ts";
import type { CredentialUse } from "../credential-use.ts";
import { writeAnyIdentity } from "../identities/any-identity.ts";
import { writeSchannel } from "../schannel/schannel-credential.ts";
import { type CredsspOptions, submitTypes } from "./credssp-options.ts";

/**
 * Writes `CREDSSP_CRED`, or `CREDSSP_CRED_EX` if there are flags, and what it points to, into an arena that is wiped.
 */
export function writeCredssp(arena: Arena, options: CredsspOptions, use: CredentialUse): Room {
  const { submitType = "passwordCreds", schannel, spnego, flags } = options;
  const cred: CREDSSP_CRED = {
    Type: submitTypes[submitType],
    pSchannelCred: schannel === undefined ? 0n : BigInt(writeSchannel(arena, schannel, use).address),
    pSpnegoCred: BigInt(writeSpnego(arena, spnego)),
  };
  const struct = flags === undefined ? CREDSSP_CRED : CREDSSP_CRED_EX;
  const room = arena.allocate(struct.layouts[hostAbi].size);
  if (flags === undefined) CREDSSP_CRED.write(room.arena.view, cred, room.offset);
  else {
    const extended: CREDSSP_CRED_EX = {
      Type: CREDSPP_SUBMIT_TYPE.CredsspCredEx,
      Version: CREDSSP_CRED_EX_VERSION,
      Flags: flagBits(CREDSSP_FLAG, flags, "credssp.flags"),
      Reserved: 0,
      Cred: cred,
    };
    CREDSSP_CRED_EX.write(room.arena.view, extended, room.offset);
  }
  return room;
}

function writeSpnego(arena: Arena, spnego: CredsspOptions["spnego"]): number | bigint {
  if (spnego === undefined) return 0;
  return isBytes(spnego) ? arena.write(spnego).address : writeAnyIdentity(arena, spnego);
}
