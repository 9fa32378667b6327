import { DerReader } from "../values/index.ts";
import { CredsspError } from "./credssp-error.ts";
import { type DerElement, integer, octetString, sequence, tagged, writeDer } from "./der-writer.ts";

/** One message of CredSSP, in either direction. @see MS-CSSP, 2.2.1 */
export interface TsRequest {
  /** The version that the sender speaks: 2 to 6, and perhaps a later one in future. */
  readonly version: number;
  /** The token of the logon inside; a message has at most one. */
  readonly negoToken?: Uint8Array;
  /** TSCredentials, sealed. */
  readonly authInfo?: Uint8Array;
  /** The sealed bytes that bind the logon to the server's key. */
  readonly pubKeyAuth?: Uint8Array;
  /** An NTSTATUS. */
  readonly errorCode?: number;
  readonly clientNonce?: Uint8Array;
}

export function encodeRequest(request: TsRequest): Buffer {
  const { version, negoToken, authInfo, pubKeyAuth, errorCode, clientNonce } = request;
  const fields: DerElement[] = [tagged(0, integer(version))];
  if (negoToken) fields.push(tagged(1, sequence(sequence(tagged(0, octetString(negoToken))))));
  if (authInfo) fields.push(tagged(2, octetString(authInfo)));
  if (pubKeyAuth) fields.push(tagged(3, octetString(pubKeyAuth)));
  if (errorCode !== undefined) fields.push(tagged(4, integer(errorCode)));
  if (clientNonce) fields.push(tagged(5, octetString(clientNonce)));
  return writeDer(sequence(...fields));
}

/**
 * Reads the fields in order, each at most once. The bytes inside are views.
 *
 * @throws CredsspError `SEC_E_INVALID_TOKEN`
 */
export function decodeRequest(bytes: Uint8Array): TsRequest {
  return decoded("a TSRequest", () => {
    const fields = alone(new DerReader(bytes, "any"), (outer) => outer.enter(0x30));
    const request: Writable<TsRequest> = { version: alone(fields.enter(0xa0), readUint32) };
    if (fields.tag === 0xa1) request.negoToken = alone(fields.enter(0xa1), readNegoData);
    if (fields.tag === 0xa2) request.authInfo = alone(fields.enter(0xa2), readOctets);
    if (fields.tag === 0xa3) request.pubKeyAuth = alone(fields.enter(0xa3), readOctets);
    if (fields.tag === 0xa4) request.errorCode = alone(fields.enter(0xa4), readUint32);
    if (fields.tag === 0xa5) request.clientNonce = alone(fields.enter(0xa5), readOctets);
    fields.end();
    return request;
  });
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** @throws CredsspError for bytes that `read` cannot read */
export function decoded<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CredsspError("SEC_E_INVALID_TOKEN", `${what} is malformed: ${error.message}`, { cause: error });
  }
}

/** Reads a value and requires that nothing follows it in the reader. */
export function alone<T>(reader: DerReader, read: (reader: DerReader) => T): T {
  const value = read(reader);
  reader.end();
  return value;
}

export function readOctets(reader: DerReader): Uint8Array {
  return reader.take(0x04);
}

/**
 * Reads a number of 32 bits. Some peers write a status as a negative number of four bytes, others with a leading zero:
 * both mean the same status.
 */
export function readUint32(reader: DerReader): number {
  const bytes = Buffer.from(reader.take(0x02));
  const [first = 0, second = 0] = bytes;
  if (bytes.length === 0 || bytes.length > 5 || (bytes.length === 5 && first !== 0))
    throw new RangeError(`DER: a number of ${bytes.length} bytes`);
  if (bytes.length > 1 && (first === 0 || first === 0xff) && (first & 0x80) === (second & 0x80))
    throw new RangeError("DER: a number is not in its shortest form");
  return bytes.readIntBE(0, bytes.length) >>> 0;
}

/** Reads NegoData: a list of exactly one token. */
function readNegoData(reader: DerReader): Uint8Array {
  return alone(reader.enter(0x30), (list) => alone(list.enter(0x30), (entry) => alone(entry.enter(0xa0), readOctets)));
}
