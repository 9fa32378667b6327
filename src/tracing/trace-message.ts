import { statusFact } from "../status/index.ts";
import { messageChannel } from "./channels.ts";
import { type TracedContext, tracedOf } from "./context-numbers.ts";
import type { MessageTrace } from "./traces.ts";

/** The properties of a list of buffers that a trace reads. */
interface TracedBuffers {
  readonly length: number;
  size(index: number): number;
}

/** A message that is about to be passed to a native function; make this only if the channel has subscribers. */
export class TracedMessage {
  readonly #context: TracedContext;
  readonly #operation: MessageTrace["operation"];
  readonly #size: number;
  readonly #start: number;

  constructor(context: TracedContext, operation: MessageTrace["operation"], buffers: TracedBuffers) {
    this.#context = context;
    this.#operation = operation;
    let size = 0;
    for (let index = 0; index < buffers.length; index += 1) size += buffers.size(index);
    this.#size = size;
    this.#start = performance.now();
  }

  /** Publishes the function's status. */
  ended(status: number): void {
    messageChannel.publish({
      ...tracedOf(this.#context),
      ...{ operation: this.#operation, size: this.#size, status: statusFact(status).code },
      ...{ duration: performance.now() - this.#start, sync: true },
    });
  }
}
