import type { SecurityProvider } from "../native/index.ts";

/**
 * Counts the messages in each direction, for providers that do not count them although peers expect a count in
 * `MessageSeqNo`.
 */
export class MessageNumbers {
  sent = 0;
  received = 0;
}

export function messageNumbers({ traits }: SecurityProvider): MessageNumbers | undefined {
  return traits.countsMessages ? undefined : new MessageNumbers();
}
