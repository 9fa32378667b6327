import {
  SpDeleteContextFn,
  SpExportSecurityContextFn,
  SpGetContextTokenFn,
  SpImportSecurityContextFn,
  SpInitUserModeContextFn,
  SpInstanceInitFn,
  SpMakeSignatureFn,
  SpQueryContextAttributesFn,
  SpSealMessageFn,
  SpUnsealMessageFn,
  SpVerifySignatureFn,
} from "../../../generated/ntsecpkg/callbacks.ts";
import {
  SECBUFFER_TOKEN,
  SECPKG_ATTR_NAMES,
  SECPKG_ATTR_SIZES,
  SECPKG_CONTEXT_EXPORT_DELETE_OLD,
} from "../../../generated/sspi/constants.ts";
import { SecBuffer, SecPkgContext_NamesW, SecPkgContext_Sizes } from "../../../generated/sspi/structs.ts";
import {
  SEC_E_INVALID_TOKEN,
  SEC_E_MESSAGE_ALTERED,
  SEC_E_OK,
  SEC_E_UNSUPPORTED_FUNCTION,
} from "../../../generated/status/constants.ts";
import type { Address } from "../../../src/ctypes/index.ts";
import { type Implementations, implement } from "../../../src/interface/native-table.ts";
import { findBuffer, securityBuffers } from "../../../src/interface/security-buffers.ts";
import { copyOut, readStruct, writePointer, writeStruct, writeUint32 } from "../../../src/native/index.ts";
import { maxToken, seen } from "./lsa-side.ts";
import type { PackageBook } from "./package-book.ts";
import type { PackageEntry } from "./package-script.ts";

/** The token of every message; the package does not change the sealed data. */
const mark = Buffer.from("MARK");
const packedContext = Buffer.from("a packed context");

/** `SECPKG_USER_FUNCTION_TABLE` of a scripted package. */
export function userSide(book: PackageBook): Implementations {
  return {
    InstanceInit: implement(SpInstanceInitFn, (_version, table) => {
      book.memory.attach("dll", table);
      return book.entry("InstanceInit", {}, () => SEC_E_OK);
    }),
    InitUserModeContext: implement(SpInitUserModeContextFn, (handle, packed) =>
      book.entry(
        "InitUserModeContext",
        { handles: [BigInt(handle)], size: readStruct(SecBuffer, packed).cbBuffer },
        () => {
          book.openHandle("session", BigInt(handle));
          return SEC_E_OK;
        },
      ),
    ),
    DeleteUserModeContext: implement(SpDeleteContextFn, (handle) =>
      book.entry(
        "DeleteUserModeContext",
        { handles: [BigInt(handle)] },
        () => book.closeHandle("session", BigInt(handle), "DeleteUserModeContext"),
        false,
      ),
    ),
    ...messages(book),
    ...moves(book),
  };
}

function messages(book: PackageBook): Implementations {
  const protect = (name: PackageEntry, handle: Address, message: Address): number => {
    const buffers = securityBuffers(message);
    return book.entry(name, { handles: [BigInt(handle)], buffers: seen(buffers) }, () => {
      findBuffer(buffers, SECBUFFER_TOKEN)?.fill(mark);
      return book.use("session", BigInt(handle), name);
    });
  };
  const check = (name: PackageEntry, handle: Address, message: Address, quality: Address): number => {
    const buffers = securityBuffers(message);
    return book.entry(name, { handles: [BigInt(handle)], buffers: seen(buffers) }, () => {
      if (BigInt(quality) !== 0n) writeUint32(quality, 0);
      if (!findBuffer(buffers, SECBUFFER_TOKEN)?.read().equals(mark)) return SEC_E_MESSAGE_ALTERED;
      return book.use("session", BigInt(handle), name);
    });
  };
  return {
    MakeSignature: implement(SpMakeSignatureFn, (handle, _quality, message) =>
      protect("MakeSignature", handle, message),
    ),
    SealMessage: implement(SpSealMessageFn, (handle, _quality, message) => protect("SealMessage", handle, message)),
    VerifySignature: implement(SpVerifySignatureFn, (handle, message, _sequence, quality) =>
      check("VerifySignature", handle, message, quality),
    ),
    UnsealMessage: implement(SpUnsealMessageFn, (handle, message, _sequence, quality) =>
      check("UnsealMessage", handle, message, quality),
    ),
    QueryContextAttributes: implement(SpQueryContextAttributesFn, (handle, attribute, place) =>
      book.entry("QueryContextAttributes", { handles: [BigInt(handle)], attribute }, () => {
        const status = book.use("session", BigInt(handle), "a query");
        return status || attributeOf(book, attribute, place);
      }),
    ),
  };
}

function attributeOf({ memory }: PackageBook, attribute: number, place: Address): number {
  if (attribute === SECPKG_ATTR_SIZES) {
    const sizes = { cbMaxToken: maxToken, cbMaxSignature: mark.length, cbBlockSize: 0, cbSecurityTrailer: mark.length };
    writeStruct(SecPkgContext_Sizes, place, sizes);
    return SEC_E_OK;
  }
  if (attribute !== SECPKG_ATTR_NAMES) return SEC_E_UNSUPPORTED_FUNCTION;
  writeStruct(SecPkgContext_NamesW, place, {
    sUserName: memory.give("AllocateHeap", Buffer.from("alice\0", "utf16le")),
  });
  return SEC_E_OK;
}

function moves(book: PackageBook): Implementations {
  const token = book.script.token ?? 0x1234n;
  return {
    GetContextToken: implement(SpGetContextTokenFn, (handle, place) =>
      book.entry("GetContextToken", { handles: [BigInt(handle)] }, () => {
        writePointer(place, token);
        return book.use("session", BigInt(handle), "GetContextToken");
      }),
    ),
    ExportContext: implement(SpExportSecurityContextFn, (handle, flags, packed, place) =>
      book.entry("ExportContext", { handles: [BigInt(handle)], flags }, () => {
        const pvBuffer = book.memory.give("AllocateClientBuffer", packedContext);
        const cbBuffer = book.script.packs ?? packedContext.length;
        writeStruct(SecBuffer, packed, { cbBuffer, BufferType: SECBUFFER_TOKEN, pvBuffer });
        if (BigInt(place) !== 0n) writePointer(place, token);
        if (flags & SECPKG_CONTEXT_EXPORT_DELETE_OLD)
          return book.closeHandle("session", BigInt(handle), "ExportContext");
        return book.use("session", BigInt(handle), "ExportContext");
      }),
    ),
    ImportContext: implement(SpImportSecurityContextFn, (packed, given, place) =>
      book.entry("ImportContext", { handles: [BigInt(given)], size: readStruct(SecBuffer, packed).cbBuffer }, () => {
        const { pvBuffer, cbBuffer } = readStruct(SecBuffer, packed);
        const same = cbBuffer === packedContext.length && packedContext.equals(copyOut(pvBuffer, cbBuffer));
        if (!same) return SEC_E_INVALID_TOKEN;
        writePointer(place, book.newHandle("session"));
        return SEC_E_OK;
      }),
    ),
  };
}
