import type { SecurityProvider } from "../native/index.ts";

/**
 * How many messages have gone each way. WinPR's packages count none: they write `MessageSeqNo` where the others write a
 * count of their own, and peers expect that count.
 */
export class MessageNumbers {
  sent = 0;
  received = 0;
}

export function messageNumbers({ kind }: SecurityProvider): MessageNumbers | undefined {
  return kind === "winpr" ? new MessageNumbers() : undefined;
}
