import { SECPKG_ATTR_SIZES, SECPKG_ATTR_STREAM_SIZES } from "../../generated/sspi/constants.ts";
import { SecPkgContext_Sizes, SecPkgContext_StreamSizes } from "../../generated/sspi/structs.ts";
import { SEC_E_OK, SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import type { Address } from "../../src/ctypes/index.ts";
import type { Handlers, ScriptedBook } from "./scripted-book.ts";
import { ScriptedBuffers } from "./scripted-buffers.ts";
import { writeNative, writeNativeStruct } from "./scripted-heap.ts";
import { buffersAt, type LegCall, textAt, writeLeg } from "./scripted-legs.ts";
import type { AttributeCall, ScriptedRecords } from "./scripted-script.ts";

export function contextFunctions(book: ScriptedBook): Handlers {
  const { script } = book;
  return {
    InitializeSecurityContextW: (
      credential,
      context,
      target,
      flags,
      first,
      drep,
      input,
      second,
      slot,
      output,
      attributes,
      expiry,
    ) =>
      leg(book, {
        operation: "InitializeSecurityContextW",
        ...parties(book, credential, context),
        target: textAt(target),
        flags,
        reserved: [first, second],
        dataRepresentation: drep,
        input: buffersAt(input),
        output: new ScriptedBuffers(output),
        newContext: slot,
        attributes,
        expiry,
      }),
    AcceptSecurityContext: (credential, context, input, flags, drep, slot, output, attributes, expiry) =>
      leg(book, {
        operation: "AcceptSecurityContext",
        ...parties(book, credential, context),
        target: undefined,
        flags,
        reserved: [],
        dataRepresentation: drep,
        input: buffersAt(input),
        output: new ScriptedBuffers(output),
        newContext: slot,
        attributes,
        expiry,
      }),
    CompleteAuthToken: (handle, output) =>
      book.with("context", handle, "CompleteAuthToken", (context) =>
        script.complete ? script.complete({ context, output: new ScriptedBuffers(output) }) : SEC_E_OK,
      ),
    ApplyControlToken: (handle, input) =>
      book.with("context", handle, "ApplyControlToken", (context) =>
        script.applyControl
          ? script.applyControl({ context, input: new ScriptedBuffers(input) })
          : SEC_E_UNSUPPORTED_FUNCTION,
      ),
    QueryContextAttributesW: (handle, attribute, address) =>
      book.attribute(
        "context",
        handle,
        attribute,
        address,
        script.contextAttributes ?? ((call) => answerSizes(book, call)),
      ),
    SetContextAttributesW: (handle, attribute, address, size) =>
      book.attribute(
        "context",
        handle,
        attribute,
        address,
        (call) => script.setAttribute?.({ ...call, size }) ?? SEC_E_OK,
      ),
    QuerySecurityContextToken: (handle, token) =>
      book.with("context", handle, "QuerySecurityContextToken", () => {
        const status = script.accessToken?.() ?? SEC_E_OK;
        if (status === SEC_E_OK)
          writeNative(token, new Uint8Array(BigInt64Array.of(BigInt(book.handles.issue("token"))).buffer));
        return status;
      }),
    ImpersonateSecurityContext: (handle) =>
      book.with("context", handle, "ImpersonateSecurityContext", () => script.impersonate?.() ?? SEC_E_OK),
    RevertSecurityContext: (handle) =>
      book.with("context", handle, "RevertSecurityContext", () => script.revert?.() ?? SEC_E_OK),
  };
}

function parties(
  { handles }: ScriptedBook,
  credential: Address,
  context: Address,
): Pick<LegCall, "credential" | "context"> {
  return {
    credential: handles.read("credential", credential, "a leg"),
    context: BigInt(context) === 0n ? undefined : handles.read("context", context, "a leg"),
  };
}

function leg(book: ScriptedBook, call: LegCall): number {
  const scripted = book.script.legs?.[book.legs.length];
  book.legs.push(call);
  if (scripted === undefined) throw new Error(`the script has no leg ${book.legs.length}`);
  const answer = typeof scripted === "function" ? scripted(call) : scripted;
  writeLeg(book.heap, call, answer);
  if (call.context === undefined && answer.status < 0x8000_0000 && !answer.withoutHandle)
    book.handles.write(call.newContext, book.handles.issue("context", call.credential));
  return answer.status;
}

function answerSizes({ script }: ScriptedBook, { attribute, address }: AttributeCall): number {
  if (attribute === SECPKG_ATTR_STREAM_SIZES) return answerRecords(script.streamSizes, address);
  if (attribute !== SECPKG_ATTR_SIZES || script.sizes === false) return SEC_E_UNSUPPORTED_FUNCTION;
  const { trailer = 16, block = 0, signature = 16 } = script.sizes ?? {};
  const sizes = { cbMaxToken: 256, cbMaxSignature: signature, cbBlockSize: block, cbSecurityTrailer: trailer };
  writeNativeStruct(SecPkgContext_Sizes, address, sizes);
  return SEC_E_OK;
}

function answerRecords(records: ScriptedRecords | undefined, address: bigint): number {
  if (!records) return SEC_E_UNSUPPORTED_FUNCTION;
  const { header, trailer, maximum } = records;
  const sizes = { cbHeader: header, cbTrailer: trailer, cbMaximumMessage: maximum, cBuffers: 4, cbBlockSize: 1 };
  writeNativeStruct(SecPkgContext_StreamSizes, address, sizes);
  return SEC_E_OK;
}
