import { SECPKG_FLAG } from "../../generated/sspi/constants.ts";
import { SecPkgInfoW } from "../../generated/sspi/structs.ts";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import { type Address, hostAbi } from "../../src/ctypes/index.ts";
import { bytesOfStruct, type ScriptedHeap, writeNative } from "./scripted-heap.ts";
import type { Script } from "./scripted-script.ts";

const descriptionsOf = ({ packageName = "Scripted" }: Script) => [
  {
    Name: packageName,
    Comment: "answers as a test says",
    fCapabilities: SECPKG_FLAG.integrity | SECPKG_FLAG.connection,
  },
  { Name: "Überpaket", Comment: "名前 ☂", fCapabilities: 0 },
];

/** EnumerateSecurityPackagesW: an array of `SecPkgInfoW` and its strings, in one allocation. */
export function writePackages(heap: ScriptedHeap, script: Script, count: Address, packages: Address): number {
  const { maxToken = 256, handlesStreams = false } = script;
  const { size } = SecPkgInfoW.layouts[hostAbi];
  const descriptions = descriptionsOf(script);
  const texts = descriptions
    .flatMap(({ Name, Comment }) => [Name, Comment])
    .map((text) => Buffer.from(`${text}\0`, "utf16le"));
  const address = heap.allocate(Buffer.alloc(descriptions.length * size + Buffer.concat(texts).length));
  let text = address + BigInt(descriptions.length * size);
  const places = texts.map((bytes) => {
    const place = text;
    writeNative(place, bytes);
    text += BigInt(bytes.length);
    return place;
  });
  descriptions.forEach(({ fCapabilities }, index) => {
    const [Name, Comment] = places.slice(index * 2) as [bigint, bigint];
    const info = {
      fCapabilities: fCapabilities | (handlesStreams ? SECPKG_FLAG.stream : 0),
      wVersion: 1,
      wRPCID: 0xffff,
      cbMaxToken: maxToken,
      Name,
      Comment,
    };
    writeNative(address + BigInt(index * size), bytesOfStruct(SecPkgInfoW, info));
  });
  writeNative(count, new Uint8Array(Uint32Array.of(descriptions.length).buffer));
  writeNative(packages, new Uint8Array(BigInt64Array.of(address).buffer));
  return SEC_E_OK;
}
