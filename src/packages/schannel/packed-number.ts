import { PackageError } from "../author/index.ts";

const size = 8;

/** Packs the number of a connection: user mode runs in the same process, and finds the connection by it. */
export function packNumber(id: bigint): Buffer {
  const packed = Buffer.alloc(size);
  packed.writeBigUInt64LE(id);
  return packed;
}

/** The connection whose number was packed. @throws PackageError for other bytes, and if the connection is gone */
export function unpackConnection<T>(packed: Buffer, byId: ReadonlyMap<bigint, T>): T {
  const found = packed.length === size ? byId.get(packed.readBigUInt64LE()) : undefined;
  if (!found) throw new PackageError("SEC_E_INVALID_TOKEN");
  return found;
}
