import {
  ISC_REQ,
  ISC_REQ_64,
  ISC_RET,
  ISC_RET_64,
  type IscRet,
  type IscRet64,
} from "../../../generated/sspi/constants.ts";
import { writeWideString } from "../../memory/index.ts";
import type { SecurityProvider } from "../../native/index.ts";
import type { LegCall } from "./leg-call.ts";
import type { Plan } from "./plan.ts";
import type { Side } from "./side.ts";
import { SideFlags } from "./side-flags.ts";

/** The client's side: its legs call InitializeSecurityContextW. */
export const clientSide: Side<IscRet, IscRet64> = {
  party: "client",
  use: "outbound",
  kind: "initiating",
  operation: "InitializeSecurityContextW",
  mayBegin: true,
  flags: new SideFlags({ request: ISC_REQ, granted: ISC_RET, wideRequest: ISC_REQ_64, wideGranted: ISC_RET_64 }),
  call: (provider, plan, leg) => initialize(provider, provider.InitializeSecurityContextW, plan, leg),
  callAsync: (provider, plan, leg) =>
    initialize(provider, (...args) => provider.callAsync("InitializeSecurityContextW", ...args), plan, leg),
  created: undefined,
  usersBefore: undefined,
  completed: undefined,
  explain: undefined,
};

function initialize<R>(
  provider: SecurityProvider,
  native: (...args: Parameters<SecurityProvider["InitializeSecurityContextW"]>) => R,
  { target, flags, dataRepresentation }: Plan,
  { workspace, credential, context, input, slot }: LegCall,
): R {
  return native.call(
    provider,
    credential,
    context,
    target === undefined ? 0 : writeWideString(workspace.arena, target).address,
    flags,
    0,
    dataRepresentation,
    input,
    0,
    slot.address,
    workspace.output.address,
    workspace.attributesAddress,
    workspace.expiryAddress,
  );
}
