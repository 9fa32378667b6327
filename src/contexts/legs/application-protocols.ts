import {
  SecApplicationProtocolNegotiationExt_ALPN,
  SecApplicationProtocolNegotiationExt_NPN,
} from "../../../generated/sspi/constants.ts";
import { SEC_APPLICATION_PROTOCOL_LIST, SEC_APPLICATION_PROTOCOLS } from "../../../generated/sspi/structs.ts";
import { hostAbi } from "../../ctypes/index.ts";
import { checkArray, checkText } from "../../values/index.ts";

const { ProtocolLists: listsAt } = SEC_APPLICATION_PROTOCOLS.layouts[hostAbi].offsets;
const { ProtocolList: namesAt } = SEC_APPLICATION_PROTOCOL_LIST.layouts[hostAbi].offsets;

/** Names of protocols, one list for each TLS extension that offers them; the preferred name comes first. */
export interface ApplicationProtocols {
  /** For the extension of RFC 7301. */
  readonly alpn?: readonly string[];
  /** For NPN, the predecessor of ALPN. */
  readonly npn?: readonly string[];
}

/** Encodes `SEC_APPLICATION_PROTOCOLS`: one list after another, each with its own length. */
export function applicationProtocolBytes({ alpn, npn }: ApplicationProtocols, argument: string): Uint8Array {
  const lists = [
    ...(npn === undefined ? [] : [list(SecApplicationProtocolNegotiationExt_NPN, npn, `${argument}.npn`)]),
    ...(alpn === undefined ? [] : [list(SecApplicationProtocolNegotiationExt_ALPN, alpn, `${argument}.alpn`)]),
  ];
  if (lists.length === 0) throw new TypeError(`${argument}: expected alpn, npn or both`);
  const all = Buffer.concat(lists);
  const bytes = new Uint8Array(listsAt + all.length);
  SEC_APPLICATION_PROTOCOLS.write(new DataView(bytes.buffer), { ProtocolListsSize: all.length, ProtocolLists: all });
  return bytes;
}

function list(extension: number, names: readonly string[], argument: string): Uint8Array {
  const ProtocolList = encodedNames(names, argument);
  const bytes = new Uint8Array(namesAt + ProtocolList.length);
  SEC_APPLICATION_PROTOCOL_LIST.write(new DataView(bytes.buffer), {
    ProtoNegoExt: extension,
    ProtocolListSize: ProtocolList.length,
    ProtocolList,
  });
  return bytes;
}

/** @throws TypeError or RangeError naming what is wrong with a list of names. */
export function checkProtocols(names: readonly string[], argument: string): void {
  encodedNames(names, argument);
}

/** Encodes each name as one length byte and the name's bytes. */
function encodedNames(names: readonly string[], argument: string): Uint8Array {
  const list = checkArray(names, argument, "an array of names");
  if (list.length === 0) throw new RangeError(`${argument}: expected at least one name, got none`);
  const parts = list.map((name, index) => {
    const bytes = Buffer.from(checkText(name, `${argument}[${index}]`, { empty: false }));
    if (bytes.length > 0xff)
      throw new RangeError(`${argument}[${index}]: expected a name of at most 255 bytes, got ${bytes.length}`);
    return Buffer.concat([Uint8Array.of(bytes.length), bytes]);
  });
  const all = Buffer.concat(parts);
  if (all.length > 0xffff)
    throw new RangeError(`${argument}: expected at most 65535 bytes of names and their lengths, got ${all.length}`);
  return all;
}
