import type { SecurityProvider } from "../native/index.ts";

/** How many messages have gone each way, where the provider counts none and peers expect a count in `MessageSeqNo`. */
export class MessageNumbers {
  sent = 0;
  received = 0;
}

export function messageNumbers({ traits }: SecurityProvider): MessageNumbers | undefined {
  return traits.countsMessages ? undefined : new MessageNumbers();
}
