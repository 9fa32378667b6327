import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { countSecret } from "./process-memory.ts";

/** How often a secret was in the process's memory at each place where the process waited. */
export type Scans = Readonly<Record<"given" | "open" | "closed", number>>;

/** Printable, so that it is one and the same in UTF-8 and, twice as wide, in UTF-16. */
function randomSecret(): Buffer {
  return Buffer.from(randomBytes(40).map((byte) => 0x41 + (byte % 26)));
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
  answer: (token: Buffer) => Buffer = () => Buffer.alloc(0),
  prepare: (secret: string) => void = () => {},
): Promise<Scans> {
  const secret = randomSecret();
  prepare(secret.toString());
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit", "pipe"] });
  const ended = once(child, "close");
  (child.stdio[3] as Writable).end(secret);
  const input = child.stdin as Writable;
  const scans: Partial<Record<string, number>> = {};
  for await (const line of createInterface({ input: child.stdout as Readable })) {
    const [what = "", token = ""] = line.split(" ");
    if (what === "token") input.write(`${answer(Buffer.from(token, "hex")).toString("hex")}\n`);
    else {
      scans[what] = countSecret(child.pid as number, secret);
      input.write("\n");
    }
  }
  const [status] = await ended;
  const { given, open, closed } = scans;
  if (status !== 0 || given === undefined || open === undefined || closed === undefined)
    throw new Error(`${[command, ...args].join(" ")} ended with ${status} after ${Object.keys(scans).join(", ")}`);
  return { given, open, closed };
}
