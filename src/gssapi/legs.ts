import { GSS_C_CHANNEL_BOUND_FLAG, GSS_C_INDEFINITE, GSS_S_CONTINUE_NEEDED } from "../../generated/gssapi/constants.ts";
import { ASC_REQ, ISC_REQ } from "../../generated/sspi/constants.ts";
import {
  SEC_E_BAD_BINDINGS,
  SEC_E_INVALID_HANDLE,
  SEC_E_INVALID_TOKEN,
  SEC_E_OK,
  SEC_E_TARGET_UNKNOWN,
  SEC_E_UNSUPPORTED_FUNCTION,
  SEC_I_CONTINUE_NEEDED,
} from "../../generated/status/constants.ts";
import type { Address } from "../ctypes/index.ts";
import { writeInt64, writeUint32 } from "../native/index.ts";
import { ticksOfDate } from "../values/index.ts";
import { grantedFlags, requestedFlags } from "./flags.ts";
import { GssapiContext } from "./gssapi-context.ts";
import { type GssapiCredential, mechanismOf, type Role } from "./gssapi-credential.ts";
import { GssapiError, ProviderError } from "./gssapi-error.ts";
import { blocking, callNow, type Steps } from "./native-steps.ts";
import { isOid, oidAddress, readOid } from "./object-identifiers.ts";
import type { ProviderCore } from "./provider-core.ts";
import { acceptorStatusOf, routineError, statusOf } from "./statuses.ts";
import { principalsOf } from "./targets.ts";
import { isAccepted } from "./token-mechanism.ts";

/** The arguments that both native functions share. */
export interface LegRequest {
  readonly credential: Address;
  readonly context: Address;
  readonly flags: number;
  readonly input: Address;
  readonly newContext: Address;
  readonly output: Address;
  readonly attributes: Address;
  readonly expiry: Address;
}

/** InitializeSecurityContextW: returns its status. */
export function* initiate(core: ProviderCore, request: LegRequest, target: string | undefined): Steps<number> {
  const allocate = (request.flags & ISC_REQ.allocateMemory) !== 0;
  if (request.context) {
    const context = contextOf(core, request.context, true);
    return yield* lasting(core, context, request, allocate, initiatorLeg);
  }
  if (target === undefined)
    throw new ProviderError(SEC_E_TARGET_UNKNOWN, "Kerberos needs a target: a ticket is for one service");
  const credential = credentialOf(core, request.credential, "outbound");
  const [first = "", ...others] = principalsOf(target);
  const attempt = (principal: string): Steps<number> =>
    opening(core, credential, request, allocate, true, initiatorLeg, (context) => {
      context.target = core.calls.importName(principal, "principalName");
    });
  for (let principal = first; ; ) {
    try {
      return yield* attempt(principal);
    } catch (error) {
      const next = others.shift();
      if (next === undefined || !(error instanceof GssapiError) || error.status !== SEC_E_TARGET_UNKNOWN) throw error;
      principal = next;
    }
  }
}

/** AcceptSecurityContext: returns its status. */
export function* accept(core: ProviderCore, request: LegRequest): Steps<number> {
  const allocate = (request.flags & ASC_REQ.allocateMemory) !== 0;
  if (request.context) {
    const context = contextOf(core, request.context, false);
    return yield* lasting(core, context, request, allocate, acceptorLeg);
  }
  const credential = credentialOf(core, request.credential, "inbound");
  return yield* opening(core, credential, request, allocate, false, acceptorLeg, () => {});
}

type Leg = (core: ProviderCore, context: GssapiContext, request: LegRequest) => Steps<number>;

function credentialOf(core: ProviderCore, at: Address, role: Role): GssapiCredential {
  const credential = core.credentials.find(at);
  if (!credential?.sources[role])
    throw new ProviderError(SEC_E_INVALID_HANDLE, `the credential handle is no ${role} credential of this provider`);
  return credential;
}

function contextOf(core: ProviderCore, at: Address, initiator: boolean): GssapiContext {
  const context = core.contexts.find(at);
  if (!context || context.initiator !== initiator || context.busy || context.state === "failed")
    throw new ProviderError(SEC_E_INVALID_HANDLE, "the context handle is of no context that takes a leg");
  if (context.state === "complete")
    throw new ProviderError(SEC_E_UNSUPPORTED_FUNCTION, "a complete context takes no further leg");
  return context;
}

/** A first leg: if it fails, the context is released. */
function* opening(
  core: ProviderCore,
  credential: GssapiCredential,
  request: LegRequest,
  allocate: boolean,
  initiator: boolean,
  leg: Leg,
  prepare: (context: GssapiContext) => void,
): Steps<number> {
  const context = new GssapiContext(core.calls, credential.package, initiator);
  // Retain the credential: the caller may free its handle during the leg.
  credential.retain();
  try {
    prepare(context);
    const role = initiator ? "outbound" : "inbound";
    const handle = yield* credential.handleFor(role);
    if (handle === 0) throw new ProviderError(SEC_E_INVALID_HANDLE, `no ${role} credential`);
    context.hold(credential, handle);
    const status = yield* finished(core, context, request, allocate, leg);
    core.contexts.issue(request.newContext, context);
    return status;
  } catch (error) {
    context.release();
    throw error;
  } finally {
    credential.letGo();
  }
}

/** A later leg: if it fails, the context stays until the caller deletes it. */
function* lasting(
  core: ProviderCore,
  context: GssapiContext,
  request: LegRequest,
  allocate: boolean,
  leg: Leg,
): Steps<number> {
  context.busy = true;
  try {
    return yield* finished(core, context, request, allocate, leg);
  } catch (error) {
    context.state = "failed";
    throw error;
  } finally {
    context.busy = false;
    if (core.deleted.delete(context)) context.release();
  }
}

/** Runs the leg, and writes its results for the caller. */
function* finished(
  core: ProviderCore,
  context: GssapiContext,
  request: LegRequest,
  allocate: boolean,
  leg: Leg,
): Steps<number> {
  const { cells } = context;
  cells.clearLeg();
  const major = yield* leg(core, context, request);
  try {
    return answered(core, context, request, allocate, major);
  } finally {
    cells.releaseOutput(core.calls);
  }
}

/** Writes the results of a leg for the caller, and returns the status. */
function answered(
  { calls, heap, legBuffers }: ProviderCore,
  context: GssapiContext,
  request: LegRequest,
  allocate: boolean,
  major: number,
): number {
  const { cells } = context;
  if (routineError(major) !== 0) {
    // Without a token for the peer, leave the buffer as the caller gave it: it is used again to try the next name.
    if (cells.outputSize > 0) legBuffers.putToken(cells, request.output, heap, allocate);
    const [operation, map] = context.initiator
      ? (["gss_init_sec_context", statusOf] as const)
      : (["gss_accept_sec_context", acceptorStatusOf] as const);
    throw calls.failure(operation, major, cells.minor, mechanismOf(context.package), map);
  }
  const goesOn = (major & GSS_S_CONTINUE_NEEDED) !== 0;
  if (!goesOn) complete(context, request);
  legBuffers.putToken(cells, request.output, heap, allocate);
  const extra = allocate ? ISC_REQ.allocateMemory : 0;
  if (request.attributes) writeUint32(request.attributes, (grantedFlags(cells.flags, context.initiator) | extra) >>> 0);
  if (!goesOn && request.expiry) writeInt64(request.expiry, expiryTicks(context));
  return goesOn ? SEC_I_CONTINUE_NEEDED : SEC_E_OK;
}

function complete(context: GssapiContext, { flags }: LegRequest): void {
  const { cells } = context;
  // Check the mechanism before any other call: other mechanisms crash on calls that are meant for Kerberos.
  const mechanism = cells.mechanism;
  if (!isOid(mechanism, "kerberos")) {
    const other = readOid(mechanism);
    throw new ProviderError(SEC_E_INVALID_TOKEN, `the peers agreed on the mechanism ${other}, not on Kerberos`);
  }
  const missing = context.bound && (flags & ASC_REQ.allowMissingBindings) === 0;
  if (!context.initiator && missing && (cells.flags & GSS_C_CHANNEL_BOUND_FLAG) === 0)
    throw new ProviderError(SEC_E_BAD_BINDINGS, "the client sent no channel bindings");
  const ends = cells.lifetime === GSS_C_INDEFINITE ? undefined : Date.now() + cells.lifetime * 1000;
  context.complete(cells.flags, ends);
}

export function expiryTicks({ expiry }: GssapiContext): bigint {
  return ticksOfDate(Number.isFinite(expiry) ? new Date(expiry) : undefined);
}

function* initiatorLeg(core: ProviderCore, context: GssapiContext, request: LegRequest): Steps<number> {
  const { calls, legBuffers } = core;
  const { cells } = context;
  const { token, bindings } = legBuffers.setInput(cells, request.input);
  if (context.handle !== 0 && !token) throw new ProviderError(SEC_E_INVALID_TOKEN, "the server's token is empty");
  const call = blocking(
    calls.library.get("gss_init_sec_context"),
    cells.minorAddress,
    context.credential,
    cells.contextAddress,
    context.target,
    oidAddress(mechanismOf(context.package)),
    requestedFlags(request.flags),
    0,
    bindings ? cells.bindingsAddress : 0,
    token ? cells.inputBufferAddress : 0,
    cells.mechanismAddress,
    cells.outputBufferAddress,
    cells.flagsAddress,
    cells.lifetimeAddress,
  );
  // Kerberos has its ticket by now and asks no other machine; SPNEGO may start again with another form of the
  // mechanism.
  return context.handle !== 0 && context.package === "Kerberos" ? callNow(call) : yield call;
}

function* acceptorLeg(core: ProviderCore, context: GssapiContext, request: LegRequest): Steps<number> {
  const { calls, legBuffers } = core;
  const { cells } = context;
  const { token, bindings } = legBuffers.setInput(cells, request.input);
  // GSSAPI would report missing credentials instead.
  if (!token) throw new ProviderError(SEC_E_INVALID_TOKEN, "the client's token is empty");
  if (context.handle === 0 && !isAccepted(cells.inputAddress, cells.inputSize, context.package === "Negotiate"))
    throw new ProviderError(SEC_E_INVALID_TOKEN, `the client's token is none of ${context.package}'s`);
  context.bound = bindings || context.bound;
  context.releaseSource();
  return yield blocking(
    calls.library.get("gss_accept_sec_context"),
    cells.minorAddress,
    cells.contextAddress,
    context.credential,
    cells.inputBufferAddress,
    context.bound ? cells.bindingsAddress : 0,
    cells.sourceAddress,
    cells.mechanismAddress,
    cells.outputBufferAddress,
    cells.flagsAddress,
    cells.lifetimeAddress,
    cells.delegatedAddress,
  );
}
