import { SecPkgInfoW } from "../../generated/sspi/structs.ts";
import { hostAbi } from "../ctypes/index.ts";
import { addressOf } from "../native/index.ts";
import { checkArray, shapeOf } from "../values/index.ts";

/** A package's description, with the fields of `SecPkgInfoW`. */
export interface PackageInfo {
  /** The name by which credentials are acquired. */
  readonly name: string;
  /** A description for people. */
  readonly comment: string;
  /** `fCapabilities`: bits of `SECPKG_FLAG_*`. */
  readonly capabilities: number;
  /** `wVersion`; 1. */
  readonly version: number;
  /** `wRPCID`: the package's number in DCE/RPC, 0xffff (`SECPKG_ID_NONE`) where it has none. */
  readonly rpcId: number;
  /** `cbMaxToken`: the largest token of a leg, in bytes. */
  readonly maxToken: number;
}

const { size } = SecPkgInfoW.layouts[hostAbi];

function textsOf({ name, comment }: PackageInfo): readonly Buffer[] {
  return [name, comment].map((text) => Buffer.from(`${text}\0`, "utf16le"));
}

/** The size in bytes of an array of `SecPkgInfoW` with its strings, in one allocation. */
export function packageInfosSize(infos: readonly PackageInfo[]): number {
  const texts = infos.flatMap(textsOf).reduce((sum, text) => sum + text.length, 0);
  return infos.length * size + texts;
}

/** Encodes an array of `SecPkgInfoW` and its strings for the address at which they will be stored. */
export function packageInfosAt(address: bigint, infos: readonly PackageInfo[]): Buffer {
  const bytes = Buffer.alloc(packageInfosSize(infos));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let end = infos.length * size;
  const put = (text: Buffer): bigint => {
    bytes.set(text, end);
    end += text.length;
    return address + BigInt(end - text.length);
  };
  infos.forEach((info, index) => {
    const [Name = 0n, Comment = 0n] = textsOf(info).map(put);
    const { capabilities: fCapabilities, version: wVersion, rpcId: wRPCID, maxToken: cbMaxToken } = info;
    SecPkgInfoW.write(view, { fCapabilities, wVersion, wRPCID, cbMaxToken, Name, Comment }, index * size);
  });
  return bytes;
}

/**
 * Makes the array that EnumerateSecurityPackagesW returns. Pass out its address (`addressOf`), and keep the bytes until
 * FreeContextBuffer is called with it.
 */
export function packageInfos(infos: readonly PackageInfo[]): Uint8Array<ArrayBuffer> {
  const given = checkInfos(infos);
  const bytes = new Uint8Array(packageInfosSize(given));
  bytes.set(packageInfosAt(addressOf(bytes), given));
  return bytes;
}

/** Names what is wrong; the numbers are checked as they are written to the struct. */
function checkInfos(infos: readonly PackageInfo[]): readonly PackageInfo[] {
  return checkArray<PackageInfo>(infos, "infos").map((info, index) => {
    if (typeof info !== "object" || info === null)
      throw new TypeError(`infos[${index}]: expected an object, got ${shapeOf(info)}`);
    for (const key of ["name", "comment"] as const)
      if (typeof info[key] !== "string")
        throw new TypeError(`infos[${index}].${key}: expected a string, got ${shapeOf(info[key])}`);
    return { ...info };
  });
}
