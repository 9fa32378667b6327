// Runs in a process whose memory is inspected from outside: it receives a secret, and waits at each place of
// inspection.
import { readSync } from "node:fs";

/** The secret, from descriptor 3, as bytes: this script never makes a string of it. */
export function readSecret(): Uint8Array<ArrayBuffer> {
  const secret = new Uint8Array(new ArrayBuffer(40));
  return secret.subarray(0, readSync(3, secret));
}

const line = new Uint8Array(new ArrayBuffer(0x4000));

/** Prints a line, and waits for the line that answers it. */
export function said(text: string): string {
  process.stdout.write(`${text}\n`);
  let length = 0;
  while (length === 0 || line[length - 1] !== 10) length += readSync(0, line, length, 1, null);
  return Buffer.from(line.subarray(0, length - 1)).toString();
}
