import { BerReader, extent } from "./ber.ts";

/** The fields of a message of CredSSP, without its version. */
export type TsField = "negoTokens" | "authInfo" | "pubKeyAuth" | "errorCode" | "clientNonce";

const fields: Readonly<Record<number, TsField>> = {
  161: "negoTokens",
  162: "authInfo",
  163: "pubKeyAuth",
  164: "errorCode",
  165: "clientNonce",
};

/**
 * The messages that an observer between client and server sees: the fields of each, up to the first bytes that are not
 * CredSSP.
 */
export function tsRequests(bytes: Buffer): readonly (readonly TsField[])[] {
  const seen: TsField[][] = [];
  for (let at = 0; bytes[at] === 0x30; ) {
    const found = extent(bytes, at);
    if (!found || found.end > bytes.length) break;
    seen.push(fieldsOf(bytes.subarray(found.start, found.end)));
    at = found.end;
  }
  return seen;
}

function fieldsOf(content: Buffer): TsField[] {
  const reader = new BerReader(content);
  reader.take(0xa0);
  const names: TsField[] = [];
  while (reader.tag !== undefined) {
    const name = fields[reader.tag];
    if (name === undefined) throw new Error(`a TSRequest has no field with tag ${reader.tag}`);
    reader.take(reader.tag);
    names.push(name);
  }
  return names;
}
