import {
  SECPKG_ATTR_NAMES,
  SECPKG_ATTR_NATIVE_NAMES,
  SECPKG_ATTR_NEGOTIATION_INFO,
} from "../../generated/sspi/constants.ts";
import {
  SecPkgContext_NamesW,
  SecPkgContext_NativeNamesW,
  SecPkgContext_NegotiationInfoW,
  SecPkgInfoW,
} from "../../generated/sspi/structs.ts";
import { SEC_E_OK, SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import { hostAbi } from "../../src/ctypes/index.ts";
import type { Script } from "../scripted/scripted.ts";
import { writeNativeStruct } from "../scripted/scripted-heap.ts";

type Attributes = NonNullable<Script["contextAttributes"]>;

/** A package that answers the names of a peer, and nothing else; `negotiated` is null for a NULL pointer. */
export const named =
  (names: { readonly user?: string; readonly server?: string; readonly negotiated?: string | null }): Attributes =>
  ({ attribute, address, heap }) => {
    if (attribute === SECPKG_ATTR_NAMES && names.user !== undefined)
      writeNativeStruct(SecPkgContext_NamesW, address, { sUserName: heap.wideString(names.user) });
    else if (attribute === SECPKG_ATTR_NATIVE_NAMES && names.server !== undefined)
      writeNativeStruct(SecPkgContext_NativeNamesW, address, {
        sClientName: heap.wideString("EXAMPLE\\me"),
        sServerName: heap.wideString(names.server),
      });
    else if (attribute === SECPKG_ATTR_NEGOTIATION_INFO && names.negotiated === null)
      writeNativeStruct(SecPkgContext_NegotiationInfoW, address, { PackageInfo: 0n });
    else if (attribute === SECPKG_ATTR_NEGOTIATION_INFO && names.negotiated !== undefined) {
      const { size } = SecPkgInfoW.layouts[hostAbi];
      const name = Buffer.from(`${names.negotiated}\0`, "utf16le");
      const PackageInfo = heap.allocate(Buffer.concat([Buffer.alloc(size), name]));
      writeNativeStruct(SecPkgInfoW, PackageInfo, { Name: PackageInfo + BigInt(size) });
      writeNativeStruct(SecPkgContext_NegotiationInfoW, address, { PackageInfo });
    } else return SEC_E_UNSUPPORTED_FUNCTION;
    return SEC_E_OK;
  };
