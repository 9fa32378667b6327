import { acquired, Cell, Shared, surrendered } from "../../memory/index.ts";
import { copyHandedOut, FunctionNotFoundError, readUint16, readWideString, writeBytes } from "../../native/index.ts";
import { check } from "../../status/index.ts";
import type { IdentityFunctions } from "./identity-functions.ts";

/** A native identity, freed once, after the last call that reads it, on or off the event loop. */
export class HeldIdentity extends Shared {
  readonly functions: IdentityFunctions;
  readonly address: bigint;

  constructor(functions: IdentityFunctions, address: bigint) {
    super();
    this.functions = functions;
    this.address = address;
    acquired("SspiFreeAuthIdentity");
  }

  protected override release(): void {
    surrendered("SspiFreeAuthIdentity");
    try {
      // Zero explicitly: the free function of Windows zeroes the identity too, but Wine's does not.
      this.functions.SspiZeroAuthIdentity(this.address);
    } catch (error) {
      if (!(error instanceof FunctionNotFoundError)) throw error;
    } finally {
      this.functions.SspiFreeAuthIdentity(this.address);
    }
  }
}

/** The identity that a native function returns through a parameter. @throws SspiError */
export function handedOut(
  functions: IdentityFunctions,
  operation: keyof IdentityFunctions,
  call: (address: number) => number | bigint,
): HeldIdentity {
  const cell = new Cell();
  check(operation, Number(call(cell.address)));
  return new HeldIdentity(functions, cell.pointer);
}

/** Reads text that a native function returned, zeroes it if it is `secret`, and frees it. Undefined for NULL. */
export function takeText(functions: IdentityFunctions, address: bigint, secret = false): string | undefined {
  if (address === 0n) return undefined;
  return takeAndFree(functions, address, () => {
    const text = readWideString(address);
    if (secret) writeBytes(address, new Uint8Array(text.length * 2));
    return text;
  });
}

/** Zeroes and frees text that a native function returned, without converting it to a string. */
export function forgetText(functions: IdentityFunctions, address: bigint): void {
  if (address === 0n) return;
  takeAndFree(functions, address, () => {
    let end = address;
    while (readUint16(end) !== 0) end += 2n;
    writeBytes(address, new Uint8Array(Number(end - address)));
  });
}

/** Copies bytes that a native function returned, then zeroes and frees them. */
export function takeBytes(functions: IdentityFunctions, address: bigint, size: number): Uint8Array<ArrayBuffer> {
  if (address === 0n) return new Uint8Array();
  return takeAndFree(functions, address, () => {
    const bytes = copyHandedOut(address, size);
    writeBytes(address, new Uint8Array(size));
    return bytes;
  });
}

function takeAndFree<T>(functions: IdentityFunctions, address: bigint, read: () => T): T {
  acquired("SspiLocalFree");
  try {
    return read();
  } finally {
    surrendered("SspiLocalFree");
    functions.SspiLocalFree(address);
  }
}
