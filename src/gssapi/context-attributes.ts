import * as attr from "../../generated/sspi/constants.ts";
import * as structs from "../../generated/sspi/structs.ts";
import { SEC_E_INVALID_HANDLE, SEC_E_OK, SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import type { Address, Struct } from "../ctypes/index.ts";
import { packageInfosAt, packageInfosSize } from "../interface/package-infos.ts";
import { writeStruct } from "../native/index.ts";
import { ticksOfDate } from "../values/index.ts";
import { clientNameOf, namesOf, sessionKeyOf } from "./context-facts.ts";
import { grantedFlags } from "./flags.ts";
import type { GssapiContext } from "./gssapi-context.ts";
import { ProviderError } from "./gssapi-error.ts";
import { keyAlgorithms } from "./key-algorithms.ts";
import { expiryTicks } from "./legs.ts";
import { sizesOf } from "./message-sizes.ts";
import { packageList } from "./package-list.ts";
import type { ProviderCore } from "./provider-core.ts";

type Answer = (core: ProviderCore, context: GssapiContext, address: Address) => void;

/** Writes a struct whose fields depend on the context. */
function answer<T>(struct: Struct<T>, fields: (core: ProviderCore, context: GssapiContext) => Partial<T>): Answer {
  return (core, context, address) => writeStruct(struct, address, fields(core, context));
}

/** Allocates text that FreeContextBuffer releases. */
function text({ heap }: ProviderCore, value: string): bigint {
  return heap.allocate(Buffer.from(`${value}\0`, "utf16le"));
}

function packageInfo({ heap }: ProviderCore): bigint {
  const infos = [packageList.Kerberos];
  return heap.make(packageInfosSize(infos), (address, bytes) => bytes.set(packageInfosAt(address, infos)));
}

const answers = new Map<number, Answer>([
  [
    attr.SECPKG_ATTR_SIZES,
    answer(structs.SecPkgContext_Sizes, ({ calls }, context) => {
      const { sealed, signature } = sizesOf(calls, context);
      const cbMaxToken = packageList[context.package].maxToken;
      return { cbMaxToken, cbMaxSignature: signature, cbBlockSize: 1, cbSecurityTrailer: sealed };
    }),
  ],
  [
    attr.SECPKG_ATTR_NAMES,
    answer(structs.SecPkgContext_NamesW, (core, context) => ({
      sUserName: text(core, clientNameOf(core.calls, context)),
    })),
  ],
  [
    attr.SECPKG_ATTR_NATIVE_NAMES,
    answer(structs.SecPkgContext_NativeNamesW, (core, context) => {
      const { client, server } = namesOf(core.calls, context);
      return { sClientName: text(core, client), sServerName: text(core, server) };
    }),
  ],
  [
    attr.SECPKG_ATTR_LIFESPAN,
    answer(structs.SecPkgContext_Lifespan, (_, context) => ({
      tsStart: ticksOfDate(context.established),
      tsExpiry: expiryTicks(context),
    })),
  ],
  [
    attr.SECPKG_ATTR_SESSION_KEY,
    answer(structs.SecPkgContext_SessionKey, ({ calls, heap }, context) => {
      const { key } = sessionKeyOf(calls, context);
      const SessionKey = heap.allocate(key);
      key.fill(0);
      return { SessionKeyLength: key.length, SessionKey };
    }),
  ],
  [
    attr.SECPKG_ATTR_KEY_INFO,
    answer(structs.SecPkgContext_KeyInfoW, (core, context) => {
      const { key, encryptionType } = sessionKeyOf(core.calls, context);
      key.fill(0);
      const { signature, encryption, checksumType } = keyAlgorithms(encryptionType);
      return {
        sSignatureAlgorithmName: text(core, signature),
        sEncryptAlgorithmName: text(core, encryption),
        KeySize: key.length * 8,
        SignatureAlgorithm: checksumType,
        EncryptAlgorithm: encryptionType,
      };
    }),
  ],
  [
    attr.SECPKG_ATTR_PACKAGE_INFO,
    answer(structs.SecPkgContext_PackageInfoW, (core) => ({ PackageInfo: packageInfo(core) })),
  ],
  [
    attr.SECPKG_ATTR_NEGOTIATION_INFO,
    answer(structs.SecPkgContext_NegotiationInfoW, (core) => ({
      PackageInfo: packageInfo(core),
      NegotiationState: attr.SECPKG_NEGOTIATION_COMPLETE,
    })),
  ],
  [
    attr.SECPKG_ATTR_FLAGS,
    answer(structs.SecPkgContext_Flags, (_, { flags, initiator }) => ({ Flags: grantedFlags(flags, initiator) })),
  ],
]);

/** QueryContextAttributesW for a complete context. */
export function queryContextAttribute(
  core: ProviderCore,
  context: GssapiContext | undefined,
  attribute: number,
  address: Address,
): number {
  if (!context) throw new ProviderError(SEC_E_INVALID_HANDLE, "the context handle is of no context of this provider");
  const write = answers.get(attribute);
  if (!write) throw new ProviderError(SEC_E_UNSUPPORTED_FUNCTION, `GSSAPI has no answer to attribute ${attribute}`);
  if (context.state !== "complete")
    throw new ProviderError(SEC_E_INVALID_HANDLE, "the context has legs to go, and no answers before");
  write(core, context, address);
  return SEC_E_OK;
}
