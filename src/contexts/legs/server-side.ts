import {
  ASC_REQ,
  ASC_REQ_64,
  ASC_RET,
  ASC_RET_64,
  type AscRet,
  type AscRet64,
} from "../../../generated/sspi/constants.ts";
import type { SecurityProvider } from "../../native/index.ts";
import type { LegCall } from "./leg-call.ts";
import type { Plan } from "./plan.ts";
import type { Side } from "./side.ts";
import { SideFlags } from "./side-flags.ts";
import { explainSamFile, proofOf, samStateOf, setSamFile } from "./winpr-sam.ts";

/** The server's side: its legs call AcceptSecurityContext. */
export const serverSide: Side<AscRet, AscRet64> = {
  party: "server",
  use: "inbound",
  kind: "accepting",
  operation: "AcceptSecurityContext",
  mayBegin: false,
  flags: new SideFlags({ request: ASC_REQ, granted: ASC_RET, wideRequest: ASC_REQ_64, wideGranted: ASC_RET_64 }),
  call: (provider, plan, leg) => accept(provider, provider.AcceptSecurityContext, plan, leg),
  callAsync: (provider, plan, leg) =>
    accept(provider, (...args) => provider.callAsync("AcceptSecurityContext", ...args), plan, leg),
  created: setSamFile,
  usersBefore: samStateOf,
  completed: proofOf,
  explain: explainSamFile,
};

function accept<R>(
  provider: SecurityProvider,
  native: (...args: Parameters<SecurityProvider["AcceptSecurityContext"]>) => R,
  { flags, dataRepresentation }: Plan,
  { workspace, credential, context, input, slot }: LegCall,
): R {
  return native.call(
    provider,
    credential,
    context,
    input,
    flags,
    dataRepresentation,
    slot.address,
    workspace.output.address,
    workspace.attributesAddress,
    workspace.expiryAddress,
  );
}
