import {
  SECBUFFER_APPLICATION_PROTOCOLS,
  SecApplicationProtocolNegotiationExt_ALPN,
} from "../../../generated/sspi/constants.ts";
import { SEC_APPLICATION_PROTOCOL_LIST, SEC_APPLICATION_PROTOCOLS } from "../../../generated/sspi/structs.ts";
import { hostAbi } from "../../ctypes/index.ts";
import { type LegInputBuffer, PackageError } from "../author/index.ts";

const { ProtocolLists: listsAt } = SEC_APPLICATION_PROTOCOLS.layouts[hostAbi].offsets;
const { ProtocolList: namesAt, ProtocolListSize: sizeAt } = SEC_APPLICATION_PROTOCOL_LIST.layouts[hostAbi].offsets;

/** The ALPN names that a leg's APPLICATION_PROTOCOLS buffer offers. @throws PackageError for a malformed one */
export function alpnNames(buffers: readonly LegInputBuffer[]): readonly string[] {
  const given = buffers.find(({ type }) => type === SECBUFFER_APPLICATION_PROTOCOLS)?.bytes;
  if (!given) return [];
  const names: string[] = [];
  for (let at = listsAt; at < given.length; ) {
    if (at + namesAt > given.length) throw new PackageError("SEC_E_INVALID_PARAMETER");
    const end = at + namesAt + given.readUInt16LE(at + sizeAt);
    if (end > given.length) throw new PackageError("SEC_E_INVALID_PARAMETER");
    if (given.readUInt32LE(at) === SecApplicationProtocolNegotiationExt_ALPN)
      names.push(...namesIn(given.subarray(at + namesAt, end)));
    at = end;
  }
  return names;
}

function namesIn(list: Buffer): string[] {
  const names: string[] = [];
  for (let at = 0; at < list.length; ) {
    const end = at + 1 + (list[at] as number);
    if (end > list.length) throw new PackageError("SEC_E_INVALID_PARAMETER");
    names.push(list.toString("utf8", at + 1, end));
    at = end;
  }
  return names;
}
