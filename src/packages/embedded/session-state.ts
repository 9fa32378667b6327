import { PackageError } from "../author/index.ts";
import { mac, same, withDerived } from "./derivation.ts";
import { packFields, readFields, sized, textOf, uint64 } from "./fields.ts";

/** The position in one direction of a session. */
export interface Position {
  /** How often the sender has restarted its numbers, by an export with RESET_NEW. */
  readonly generation: number;
  /** The number of the next message. */
  readonly next: number;
}

/** The complete state of a session, as a completed leg and an export pack it. */
export interface SessionState {
  readonly role: "client" | "server";
  readonly user: string;
  readonly server: string;
  readonly target: string;
  /** Times, in milliseconds. */
  readonly start: number;
  readonly expiry: number;
  readonly sent: Position;
  readonly received: Position;
  /** Wiped when the session ends. */
  readonly secret: Buffer;
}

const secretSize = 32;
/** Role, three names, six numbers, the secret, and a MAC that detects damage. */
const fieldCount = 12;

export function packState(state: SessionState): Buffer<ArrayBuffer> {
  const { role, user, server, target, start, expiry, sent, received, secret } = state;
  const texts = [role, user, server, target].map((text) => Buffer.from(text));
  const numbers = [start, expiry, sent.generation, sent.next, received.generation, received.next].map(uint64);
  const fields = [...texts, ...numbers, secret];
  return packFields("session", [...fields, sealOf(secret, fields)]);
}

/** @throws PackageError SEC_E_INVALID_TOKEN for anything that was not packed by {@link packState}. */
export function readState(packed: Buffer): SessionState {
  const fields = readFields("session", packed, fieldCount);
  const packedSecret = sized(fields[10], secretSize);
  if (!same(sealOf(packedSecret, fields.slice(0, 11)), fields[11] as Buffer))
    throw new PackageError("SEC_E_INVALID_TOKEN");
  const [role, user = "", server = "", target = ""] = fields.slice(0, 4).map(textOf);
  if (role !== "client" && role !== "server") throw new PackageError("SEC_E_INVALID_TOKEN");
  const [start = 0, expiry = 0, ...positions] = fields
    .slice(4, 10)
    .map((field) => Number(sized(field, 8).readBigUInt64BE()));
  const [sentGeneration = 0, sentNext = 0, receivedGeneration = 0, receivedNext = 0] = positions;
  const sent = { generation: sentGeneration, next: sentNext };
  const received = { generation: receivedGeneration, next: receivedNext };
  const secret = Buffer.from(packedSecret);
  return { role, user, server, target, start, expiry, sent, received, secret };
}

/** Detects damage only: whoever can read the secret can also make this MAC. */
function sealOf(secret: Uint8Array, fields: readonly Uint8Array[]): Buffer {
  const packed = packFields("session", fields);
  try {
    return withDerived(secret, "packed session", (key) => mac(key, packed));
  } finally {
    // Zero the packed fields: the secret is one of them.
    packed.fill(0);
  }
}
