import {
  LSA_AP_CALL_PACKAGE,
  LSA_AP_CALL_PACKAGE_PASSTHROUGH,
  LSA_CALL_PACKAGE,
  LSA_CALL_PACKAGE_PASSTHROUGH,
  LSA_CALL_PACKAGEEX,
  LSA_CALLBACK_FUNCTION,
  LSA_CLIENT_CALLBACK,
  LSA_LOCATE_PKG_BY_ID,
  LSA_REGISTER_CALLBACK,
} from "../../../generated/ntsecpkg/callbacks.ts";
import {
  STATUS_NO_SUCH_PACKAGE,
  STATUS_NOT_SUPPORTED,
  STATUS_OBJECT_NAME_NOT_FOUND,
  STATUS_SUCCESS,
} from "../../../generated/ntstatus/constants.ts";
import type { Address } from "../../ctypes/index.ts";
import { readUnicodeString } from "../../interface/lsa-string.ts";
import { type Implementations, implement } from "../../interface/native-table.ts";
import { functionAt } from "../../native/index.ts";
import type { HostSurroundings } from "./surroundings.ts";

type Submission = [
  name: Address,
  base: Address,
  submit: Address,
  size: number,
  out: Address,
  outSize: Address,
  status: Address,
];

/** Functions with which packages call each other through the LSA. */
export function lsaPackages(host: HostSurroundings): Implementations {
  const submission =
    (member: "CallPackage" | "CallPackagePassthrough", declaration: typeof LSA_AP_CALL_PACKAGE) =>
    (...[name, base, submit, size, out, outSize, status]: Submission): number => {
      const other = host.find(readUnicodeString(name) ?? "");
      if (!other) return STATUS_NO_SUCH_PACKAGE;
      const target = other.lsa.find(member, declaration);
      if (!target) return STATUS_NOT_SUPPORTED;
      return host.within(other, () => target(0, submit, base, size, out, outSize, status));
    };
  const call = submission("CallPackage", LSA_AP_CALL_PACKAGE);
  const passThrough = submission("CallPackagePassthrough", LSA_AP_CALL_PACKAGE_PASSTHROUGH);
  return {
    CallPackage: implement(LSA_CALL_PACKAGE, (name, submit, ...rest) => call(name, submit, submit, ...rest)),
    CallPackageEx: implement(LSA_CALL_PACKAGEEX, call),
    CallPackagePassthrough: implement(LSA_CALL_PACKAGE_PASSTHROUGH, passThrough),
  };
}

/** The largest id: ids are small. A larger `PCHAR` is the name of an export, which a host cannot call. */
const lastCallbackId = 0xffffn;

/** Client functions that a package registers and calls back from LSA mode. */
export function clientCallbacks(): { readonly lsa: Implementations; readonly dll: Implementations } {
  const registered = new Map<bigint, bigint>();
  return {
    lsa: {
      ClientCallback: implement(LSA_CLIENT_CALLBACK, (id, first, second, input, output) => {
        if (BigInt(id) > lastCallbackId) return STATUS_NOT_SUPPORTED;
        const address = registered.get(BigInt(id));
        if (address === undefined) return STATUS_OBJECT_NAME_NOT_FOUND;
        return functionAt(LSA_CALLBACK_FUNCTION, address)(first, second, input, output);
      }),
    },
    dll: {
      RegisterCallback: implement(LSA_REGISTER_CALLBACK, (id, callback) => {
        if (BigInt(callback) === 0n) registered.delete(BigInt(id));
        else registered.set(BigInt(id), BigInt(callback));
        return STATUS_SUCCESS;
      }),
      // Returns NULL: one package must not use another package's address here.
      LocatePackageById: implement(LSA_LOCATE_PKG_BY_ID, () => 0n),
    },
  };
}
