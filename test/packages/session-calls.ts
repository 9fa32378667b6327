import { securityBuffers } from "../../src/interface/security-buffers.ts";
import { Answers } from "../../src/packages/author/answers.ts";
import { sessionMessages } from "../../src/packages/author/session-messages.ts";
import type { Session } from "../../src/packages.ts";
import { keptMemory } from "../interface/kept-memory.ts";
import { caller } from "./lsa-functions.ts";
import { descriptorOf } from "./raw-calls.ts";

export const handle = 8n;
export const [quality, sequence] = [3, 4];

export type Given = readonly (readonly [type: number, content: string])[];
/** The caller's buffers afterwards: type without attributes, and content. */
type Left = readonly (readonly [type: number, content: string])[];

/** The functions for messages of a session, on buffers that are given and shown as text. */
export function messagesOf(session: Partial<Session>) {
  const answers = new Answers();
  const asked: bigint[] = [];
  const call = caller(
    sessionMessages(answers, (wanted) => {
      asked.push(wanted);
      return session as Session;
    }),
  );
  const memory = keptMemory();
  const place = memory.cell();
  const run = (name: string, ...given: Given): { status: number; left: Left } => {
    const message = descriptorOf(memory, ...given.map(([type, text]) => [type, Buffer.from(text)] as const));
    place.uint32 = 77;
    const args =
      name === "MakeSignature" || name === "SealMessage"
        ? [quality, message, sequence]
        : [message, sequence, place.address];
    const status = call(name, handle, ...args) as number;
    return { status, left: securityBuffers(message).map((buffer) => [buffer.type, buffer.read().toString()] as const) };
  };
  const faults = (): string[] => answers.faults.map(({ name, error }) => `${name}: ${String(error)}`);
  return { call, run, faults, asked, memory, place };
}
