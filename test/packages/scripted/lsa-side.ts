import {
  LSA_AP_CALL_PACKAGE,
  SpAcceptLsaModeContextFn,
  SpAcquireCredentialsHandleFn,
  SpApplyControlTokenFn,
  SpDeleteContextFn,
  SpFreeCredentialsHandleFn,
  SpGetInfoFn,
  SpInitializeFn,
  SpInitLsaModeContextFn,
  SpQueryCredentialsAttributesFn,
  SpShutdownFn,
} from "../../../generated/ntsecpkg/callbacks.ts";
import {
  ISC_REQ_ALLOCATE_MEMORY,
  SECBUFFER_EXTRA,
  SECBUFFER_MISSING,
  SECBUFFER_TOKEN,
} from "../../../generated/sspi/constants.ts";
import { SecBuffer, SecPkgCredentials_NamesW, SecPkgInfoW } from "../../../generated/sspi/structs.ts";
import { SEC_E_BUFFER_TOO_SMALL, SEC_E_OK } from "../../../generated/status/constants.ts";
import type { Address } from "../../../src/ctypes/index.ts";
import { NativeMemory } from "../../../src/interface/native-memory.ts";
import { type Implementations, implement } from "../../../src/interface/native-table.ts";
import { type SecurityBuffer, securityBuffers } from "../../../src/interface/security-buffers.ts";
import { copyOut, writeInt64, writePointer, writeStruct, writeUint8, writeUint32 } from "../../../src/native/index.ts";
import type { PackageBook } from "./package-book.ts";
import type { PackageEvent, ScriptedPackageLeg } from "./package-script.ts";

export const maxToken = 64;
const texts = new NativeMemory();
const [Name, Comment] = ["Scripted", "as a test says"].map((text) => BigInt(texts.wideString(text).address));

/** A leg's arguments, with the same meaning for client and server. */
interface LegPlaces {
  readonly handles: readonly [credential: Address, context: Address];
  readonly flags: number;
  readonly input: Address;
  readonly slot: Address;
  readonly output: Address;
  readonly attributes: Address;
  readonly expiry: Address;
  readonly mapped: Address;
  readonly data: Address;
}

/** `SECPKG_FUNCTION_TABLE` of a scripted package. */
export function lsaSide(book: PackageBook): Implementations {
  return {
    Initialize: implement(SpInitializeFn, (_id, _parameters, table) => {
      book.memory.attach("lsa", table);
      return book.entry("Initialize", {}, () => SEC_E_OK);
    }),
    Shutdown: implement(SpShutdownFn, () => book.entry("Shutdown", {}, () => SEC_E_OK)),
    GetInfo: implement(SpGetInfoFn, (place) =>
      book.entry("GetInfo", {}, () => {
        const info = { fCapabilities: 0, wVersion: 1, wRPCID: 0xffff, cbMaxToken: maxToken, Name, Comment };
        writeStruct(SecPkgInfoW, place, info as never);
        return SEC_E_OK;
      }),
    ),
    ...credentials(book),
    ...legs(book),
    CallPackage: implement(LSA_AP_CALL_PACKAGE, (_request, submit, _base, size, place, placeSize, protocol) =>
      book.entry("CallPackage", { size }, () => {
        const answer = copyOut(BigInt(submit), size).reverse();
        writePointer(place, book.memory.give("AllocateClientBuffer", answer));
        writeUint32(placeSize, size);
        writeUint32(protocol, SEC_E_OK);
        return SEC_E_OK;
      }),
    ),
  };
}

function credentials(book: PackageBook): Implementations {
  return {
    AcquireCredentialsHandle: implement(
      SpAcquireCredentialsHandleFn,
      (_who, flags, _id, _data, _key, _argument, at, until) =>
        book.entry("AcquireCredentialsHandle", { flags }, () => {
          writePointer(at, book.newHandle("credential"));
          writeInt64(until, 0x7fff_ffff_ffff_ffffn);
          return SEC_E_OK;
        }),
    ),
    FreeCredentialsHandle: implement(SpFreeCredentialsHandleFn, (handle) =>
      book.entry(
        "FreeCredentialsHandle",
        { handles: [BigInt(handle)] },
        () => book.closeHandle("credential", BigInt(handle), "FreeCredentialsHandle"),
        false,
      ),
    ),
    QueryCredentialsAttributes: implement(SpQueryCredentialsAttributesFn, (handle, attribute, place) =>
      book.entry("QueryCredentialsAttributes", { handles: [BigInt(handle)], attribute }, () => {
        const sUserName = book.memory.give("AllocateLsaHeap", Buffer.from("alice\0", "utf16le"));
        writeStruct(SecPkgCredentials_NamesW, place, { sUserName });
        return book.use("credential", BigInt(handle), "a query");
      }),
    ),
  };
}

function legs(book: PackageBook): Implementations {
  return {
    InitLsaModeContext: implement(
      SpInitLsaModeContextFn,
      (credential, context, _target, flags, _drep, input, slot, output, attributes, expiry, mapped, data) => {
        const places = { input, slot, output, attributes, expiry, mapped, data };
        return leg(book, "InitLsaModeContext", { handles: [credential, context], flags, ...places });
      },
    ),
    AcceptLsaModeContext: implement(
      SpAcceptLsaModeContextFn,
      (credential, context, input, flags, _drep, slot, output, attributes, expiry, mapped, data) => {
        const places = { input, slot, output, attributes, expiry, mapped, data };
        return leg(book, "AcceptLsaModeContext", { handles: [credential, context], flags, ...places });
      },
    ),
    DeleteContext: implement(SpDeleteContextFn, (handle) =>
      book.entry(
        "DeleteContext",
        { handles: [BigInt(handle)] },
        () => book.closeHandle("context", BigInt(handle), "DeleteContext"),
        false,
      ),
    ),
    ApplyControlToken: implement(SpApplyControlTokenFn, (handle, input) =>
      book.entry("ApplyControlToken", { handles: [BigInt(handle)], buffers: seen(securityBuffers(input)) }, () =>
        book.use("context", BigInt(handle), "ApplyControlToken"),
      ),
    ),
  };
}

function leg(book: PackageBook, name: "InitLsaModeContext" | "AcceptLsaModeContext", places: LegPlaces): number {
  const input = securityBuffers(places.input);
  const handles = places.handles.map(BigInt);
  const scripted = book.nextLeg() ?? { status: SEC_E_OK };
  return book.entry(name, { handles, flags: places.flags, buffers: seen(input) }, () => {
    const [, rest] = input;
    if (scripted.extra !== undefined) rest?.change({ type: SECBUFFER_EXTRA, size: scripted.extra });
    if (scripted.missing !== undefined) rest?.change({ type: SECBUFFER_MISSING, size: scripted.missing });
    if (scripted.status >= 0x8000_0000) return scripted.status;
    return answer(book, scripted, places);
  });
}

/** Writes a leg's result. The context is created last, after everything that can fail. */
function answer(book: PackageBook, scripted: ScriptedPackageLeg, places: LegPlaces): number {
  const session =
    scripted.session === undefined ? 0n : book.memory.give("AllocateLsaHeap", Buffer.from(scripted.session));
  try {
    const status = putToken(book, scripted, places);
    if (status !== SEC_E_OK) throw new Error("the token does not fit");
  } catch (error) {
    if (session !== 0n) book.memory.release("FreeLsaHeap", session);
    if ((error as Error).message === "the token does not fit") return SEC_E_BUFFER_TOO_SMALL;
    throw error;
  }
  const cbBuffer = scripted.session?.length ?? 0;
  writeStruct(SecBuffer, places.data, { cbBuffer, BufferType: SECBUFFER_TOKEN, pvBuffer: session });
  writeUint8(places.mapped, session === 0n ? 0 : 1);
  writeUint32(places.attributes, scripted.attributes ?? 0);
  writeInt64(places.expiry, scripted.expiry ?? 0x7fff_ffff_ffff_ffffn);
  const context = BigInt(places.handles[1]);
  if (context !== 0n) book.use("context", context, "a leg");
  writePointer(places.slot, context || book.newHandle("context"));
  return scripted.status;
}

function putToken({ memory }: PackageBook, { token, allocates }: ScriptedPackageLeg, places: LegPlaces): number {
  const [output] = securityBuffers(places.output);
  if (token === undefined) {
    output?.change({ size: 0 });
    return SEC_E_OK;
  }
  if (allocates || (places.flags & ISC_REQ_ALLOCATE_MEMORY && output?.pointer === 0n)) {
    output?.change({ pointer: memory.give("AllocateLsaHeap", Buffer.from(token)), size: token.length });
    return SEC_E_OK;
  }
  if (!output || output.size < token.length) return SEC_E_BUFFER_TOO_SMALL;
  output.fill(Buffer.from(token));
  return SEC_E_OK;
}

export function seen(buffers: readonly SecurityBuffer[]): NonNullable<PackageEvent["buffers"]> {
  return buffers.map((buffer) => [buffer.type, buffer.size, buffer.read().toString("latin1")]);
}
