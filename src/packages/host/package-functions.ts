import type { Provider } from "../../../generated/provider.ts";
import {
  SEC_E_INSUFFICIENT_MEMORY,
  SEC_E_INVALID_HANDLE,
  SEC_E_OK,
  SEC_E_SECPKG_NOT_FOUND,
} from "../../../generated/status/constants.ts";
import { CertFreeCertificateContext } from "../../../generated/wincrypt/functions.ts";
import type { Address } from "../../ctypes/index.ts";
import { type PackageInfo, packageInfosAt, packageInfosSize } from "../../interface/package-infos.ts";
import { functionSet, readWideString, writeBytes, writePointer, writeUint32 } from "../../native/index.ts";
import type { HostCore } from "./host-core.ts";

type PackageFunctions = Pick<
  Provider,
  | "EnumerateSecurityPackagesW"
  | "QuerySecurityPackageInfoW"
  | "FreeContextBuffer"
  | "CertFreeCertificateContext"
  | "CloseHandle"
>;

const crypt32 = functionSet({ CertFreeCertificateContext });

/** The list of packages, and the release functions that are not a package's. */
export function packageFunctions(core: HostCore): PackageFunctions {
  const list = (infos: readonly PackageInfo[], at: Address): number => {
    const address = writeInfos(core, infos);
    if (address === 0n) return SEC_E_INSUFFICIENT_MEMORY;
    writePointer(at, address);
    return SEC_E_OK;
  };
  return {
    EnumerateSecurityPackagesW: (count, at) => {
      writeUint32(count, core.packages.length);
      return list(
        core.packages.map((hosted) => hosted.info),
        at,
      );
    },
    QuerySecurityPackageInfoW: (name, at) => {
      const hosted = BigInt(name) === 0n ? undefined : core.find(readWideString(BigInt(name)));
      return hosted ? list([hosted.info], at) : SEC_E_SECPKG_NOT_FOUND;
    },
    FreeContextBuffer: (address) => {
      if (BigInt(address) === 0n || core.heap.take(BigInt(address))) return SEC_E_OK;
      const at = `0x${address.toString(16)}`;
      core.diagnostics.misdeed(
        "unknown-pointer",
        `FreeContextBuffer of ${at}, which is of none of the host's heaps: leaked`,
      );
      return SEC_E_INVALID_HANDLE;
    },
    // A package in TypeScript allocates certificate contexts from the host's memory, a Windows DLL from crypt32.
    CertFreeCertificateContext: (address) =>
      core.heap.take(BigInt(address)) ? 1 : Number(crypt32.CertFreeCertificateContext(address)),
    CloseHandle: (handle) => (core.tokens.close(BigInt(handle)) ? 1 : 0),
  };
}

/** Writes an array of `SecPkgInfoW` and its strings; returns 0 if there is no memory. */
function writeInfos({ heap }: HostCore, infos: readonly PackageInfo[]): bigint {
  const address = heap.allocate("client buffer", packageInfosSize(infos));
  if (address !== 0n) writeBytes(address, packageInfosAt(address, infos));
  return address;
}
