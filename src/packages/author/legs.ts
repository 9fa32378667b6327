import type { SpAcceptLsaModeContextFn, SpInitLsaModeContextFn } from "../../../generated/ntsecpkg/callbacks.ts";
import {
  ASC_REQ,
  ASC_REQ_64,
  ASC_REQ_ALLOCATE_MEMORY,
  ASC_RET,
  ISC_REQ,
  ISC_REQ_64,
  ISC_REQ_ALLOCATE_MEMORY,
  ISC_RET,
  SECBUFFER_TOKEN,
} from "../../../generated/sspi/constants.ts";
import { SecBuffer } from "../../../generated/sspi/structs.ts";
import type { Address, CallbackDeclaration } from "../../ctypes/index.ts";
import { readUnicodeString } from "../../interface/lsa-string.ts";
import { findBuffer, type SecurityBuffer, securityBuffers } from "../../interface/security-buffers.ts";
import { writeInt64, writePointer, writeStruct, writeUint8, writeUint32 } from "../../native/index.ts";
import { checkBytes, type FlagGroup, flagBits, flagNames, ticksOfDate } from "../../values/index.ts";
import { settled } from "./answers.ts";
import type { LegRequest, PackageLeg } from "./definition.ts";
import { checkLeg, legStatus, putRest, putToken } from "./leg-answer.ts";
import { channelBindings, otherBuffers, wideFlagNames } from "./leg-input.ts";
import { PackageError } from "./package-error.ts";
import type { LsaHandles, PackageParts } from "./package-parts.ts";

type Call<D> = D extends CallbackDeclaration<infer F> ? F : never;

/** The arguments of the client's and the server's function, by name. */
interface LegArguments {
  readonly name: "initContext" | "acceptContext";
  readonly credential: Address;
  readonly context: Address;
  readonly input: Address;
  readonly flags: number;
  readonly slot: Address;
  readonly output: Address;
  readonly attributes: Address;
  readonly expiry: Address;
  readonly mapped: Address;
  readonly data: Address;
  readonly requests: FlagGroup;
  readonly wideRequests: Readonly<Record<string, bigint>>;
  readonly grants: FlagGroup;
  readonly allocates: boolean;
}

/** Implements `SpInitLsaModeContext` with a definition. */
export function initLeg<C, X>(parts: PackageParts<C, X>, mode: LsaHandles<C, X>): Call<typeof SpInitLsaModeContextFn> {
  return (credential, context, target, flags, _drep, input, slot, output, attributes, expiry, mapped, data) => {
    const allocates = (flags & ISC_REQ_ALLOCATE_MEMORY) !== 0;
    const places = { slot, output, attributes, expiry, mapped, data, allocates };
    const side = { name: "initContext", requests: ISC_REQ, wideRequests: ISC_REQ_64, grants: ISC_RET } as const;
    return run(parts, mode, { ...side, ...places, credential, context, input, flags }, (request) =>
      parts.definition.initContext?.({ ...request, target: readUnicodeString(target) } as never),
    );
  };
}

/** Implements `SpAcceptLsaModeContext` with a definition. */
export function acceptLeg<C, X>(
  parts: PackageParts<C, X>,
  mode: LsaHandles<C, X>,
): Call<typeof SpAcceptLsaModeContextFn> {
  return (credential, context, input, flags, _drep, slot, output, attributes, expiry, mapped, data) => {
    const allocates = (flags & ASC_REQ_ALLOCATE_MEMORY) !== 0;
    const places = { slot, output, attributes, expiry, mapped, data, allocates };
    const side = { name: "acceptContext", requests: ASC_REQ, wideRequests: ASC_REQ_64, grants: ASC_RET } as const;
    return run(parts, mode, { ...side, ...places, credential, context, input, flags }, (request) =>
      parts.definition.acceptContext?.(request as never),
    );
  };
}

type AuthorLeg<C, X> = (request: LegRequest<C, X, string>) => PackageLeg<X, string> | undefined;

function run<C, X>(
  parts: PackageParts<C, X>,
  mode: LsaHandles<C, X>,
  args: LegArguments,
  author: AuthorLeg<C, X>,
): number {
  return parts.answers.status(args.name, () => {
    const input = securityBuffers(args.input);
    const output = securityBuffers(args.output);
    try {
      const leg = checkLeg(author(requestOf(mode, args, input)) as PackageLeg<X, string>, args.name);
      return deliver(parts, mode, args, leg, { input, output });
    } catch (error) {
      putToken(output, tokenOf(error, args.name), parts.services, args.allocates);
      throw error;
    }
  });
}

/** The token of a PackageError; a subclass may have replaced the one that its constructor checked. */
function tokenOf(error: unknown, name: string): Uint8Array | undefined {
  const token = error instanceof PackageError ? error.token : undefined;
  return token === undefined ? undefined : checkBytes(token, `${name}: the error's token`);
}

function requestOf<C, X>(
  mode: LsaHandles<C, X>,
  args: LegArguments,
  input: SecurityBuffer[],
): LegRequest<C, X, string> {
  const [credential, context] = [BigInt(args.credential), BigInt(args.context)];
  return {
    credential: credential === 0n ? undefined : mode.credentials.get(credential),
    context: context === 0n ? undefined : mode.contexts.get(context),
    token: findBuffer(input, SECBUFFER_TOKEN)?.read(),
    requested: [...flagNames(args.requests, args.flags), ...wideFlagNames(args.wideRequests, input)],
    channelBindings: channelBindings(input),
    buffers: otherBuffers(input),
  };
}

interface LegBuffers {
  readonly input: readonly SecurityBuffer[];
  readonly output: readonly SecurityBuffer[];
}

/**
 * Calls {@link answer}. If that fails on a first leg, deletes the new context, because no caller has a handle to delete
 * it.
 */
function deliver<C, X>(
  parts: PackageParts<C, X>,
  mode: LsaHandles<C, X>,
  args: LegArguments,
  leg: PackageLeg<X, string>,
  { input, output }: LegBuffers,
): number {
  const { definition, answers } = parts;
  try {
    putRest(input, leg);
    return answer(parts, mode, args, leg, output);
  } catch (error) {
    if (leg.status !== "incomplete-message" && BigInt(args.context) === 0n)
      answers.done("deleteContext", () => settled(definition.deleteContext?.(leg.context), "deleteContext"));
    throw error;
  }
}

/** Writes the result of a leg. The context is stored last, when no step can fail any more. */
function answer<C, X>(
  { services, numbers }: PackageParts<C, X>,
  { contexts }: LsaHandles<C, X>,
  args: LegArguments,
  leg: PackageLeg<X, string>,
  output: readonly SecurityBuffer[],
): number {
  if (leg.status === "incomplete-message") {
    putToken(output, undefined, services, args.allocates);
    return legStatus[leg.status];
  }
  const granted = flagBits(args.grants, leg.granted ?? [], `${args.name}: granted`);
  const session = leg.status === "complete" ? leg.session : undefined;
  const pvBuffer = session ? services.lsaBytes(session) : 0n;
  try {
    putToken(output, leg.token, services, args.allocates);
  } catch (error) {
    if (session) services.freeLsaBytes(pvBuffer);
    throw error;
  }
  writeStruct(SecBuffer, args.data, { cbBuffer: session?.length ?? 0, BufferType: SECBUFFER_TOKEN, pvBuffer });
  writeUint8(args.mapped, session ? 1 : 0);
  writeUint32(args.attributes, granted);
  writeInt64(args.expiry, ticksOfDate(leg.status === "complete" ? leg.expiry : undefined));
  const handle = BigInt(args.context) || numbers.next();
  contexts.set(handle, leg.context);
  writePointer(args.slot, handle);
  return legStatus[leg.status];
}
