import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { countSecret } from "./process-memory.ts";

/** How often a secret was in the process's memory at each place where the process waited. */
export type Scans = Readonly<Record<"given" | "open" | "closed", number>>;

/** Printable, so that the secret has the same bytes in UTF-8 and, twice as wide, in UTF-16. */
export function randomSecret(size = 40): Buffer {
  return Buffer.from(randomBytes(size).map((byte) => 0x41 + (byte % 26)));
}

/**
 * Runs a program that logs on with a secret, and looks at its memory from outside each time that it waits.
 *
 * @param answer the server's answer to the client's token.
 * @param prepare what has to be made with the secret before the program starts.
 */
export async function scanned(
  command: string,
  args: readonly string[],
  answer?: (token: Buffer) => Buffer,
  prepare: (secret: string) => void = () => {},
): Promise<Scans> {
  const secret = randomSecret();
  prepare(secret.toString());
  const scans = await scansOf(command, args, secret, answer);
  const [given, open, closed] = ["given", "open", "closed"].map((place) => scans.get(place));
  if (given === undefined || open === undefined || closed === undefined)
    throw new Error(`${[command, ...args].join(" ")} waited after ${[...scans.keys()].join(", ")}`);
  return { given, open, closed };
}

/** Does the same with a secret that exists already, by the names of the places where the program waits. */
export async function scansOf(
  command: string,
  args: readonly string[],
  secret: Buffer,
  answer: (token: Buffer) => Buffer = () => Buffer.alloc(0),
): Promise<ReadonlyMap<string, number>> {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit", "pipe"] });
  const ended = once(child, "close");
  (child.stdio[3] as Writable).end(secret);
  const input = child.stdin as Writable;
  const scans = new Map<string, number>();
  for await (const line of createInterface({ input: child.stdout as Readable })) {
    const token = /^token (.*)$/.exec(line)?.[1];
    if (token !== undefined) input.write(`${answer(Buffer.from(token, "hex")).toString("hex")}\n`);
    else {
      scans.set(line, countSecret(child.pid as number, secret));
      input.write("\n");
    }
  }
  const [status] = await ended;
  if (status !== 0)
    throw new Error(`${[command, ...args].join(" ")} ended with ${status} after ${[...scans.keys()].join(", ")}`);
  return scans;
}
