import * as gss from "../../generated/gssapi/constants.ts";
import { ASC_RET, ISC_REQ, ISC_RET } from "../../generated/sspi/constants.ts";

/** Bits of GSSAPI, each with the SSPI bits of the same meaning. */
type Pairs = readonly (readonly [gss: number, sspi: number])[];

const requested: Pairs = [
  [gss.GSS_C_DELEG_FLAG, ISC_REQ.delegate],
  [gss.GSS_C_MUTUAL_FLAG, ISC_REQ.mutualAuth],
  [gss.GSS_C_REPLAY_FLAG, ISC_REQ.replayDetect],
  [gss.GSS_C_SEQUENCE_FLAG, ISC_REQ.sequenceDetect],
  [gss.GSS_C_CONF_FLAG, ISC_REQ.confidentiality],
  [gss.GSS_C_INTEG_FLAG, ISC_REQ.integrity],
  [gss.GSS_C_DCE_STYLE, ISC_REQ.useDceStyle],
  [gss.GSS_C_IDENTIFY_FLAG, ISC_REQ.identify],
  [gss.GSS_C_EXTENDED_ERROR_FLAG, ISC_REQ.extendedError],
];

const grantedTo = (side: typeof ISC_RET | typeof ASC_RET): Pairs => [
  [gss.GSS_C_DELEG_FLAG, side.delegate],
  [gss.GSS_C_MUTUAL_FLAG, side.mutualAuth],
  [gss.GSS_C_REPLAY_FLAG, side.replayDetect],
  [gss.GSS_C_SEQUENCE_FLAG, side.sequenceDetect],
  [gss.GSS_C_CONF_FLAG, side.confidentiality],
  [gss.GSS_C_INTEG_FLAG, side.integrity],
  [gss.GSS_C_DCE_STYLE, side.usedDceStyle],
  [gss.GSS_C_IDENTIFY_FLAG, side.identify],
  [gss.GSS_C_EXTENDED_ERROR_FLAG, side.extendedError],
];

const client = grantedTo(ISC_RET);
const server = grantedTo(ASC_RET);

/**
 * Returns the `req_flags` for the `ISC_REQ_*` flags that GSSAPI knows; other flags have no effect, and are not granted.
 */
export function requestedFlags(contextReq: number): number {
  return requested.reduce((bits, [flag, request]) => ((contextReq & request) === 0 ? bits : bits | flag), 0);
}

/** Returns the `ISC_RET_*` of the flags that the library granted, which may be more than requested. */
export function grantedFlags(returned: number, initiator: boolean): number {
  const pairs = initiator ? client : server;
  return pairs.reduce((bits, [flag, grant]) => ((returned & flag) === 0 ? bits : bits | grant), 0) >>> 0;
}
