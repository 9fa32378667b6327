import { shutdownChannel } from "./channels.ts";
import { type TracedContext, tracedOf } from "./context-numbers.ts";
import { type Ending, statusOfError } from "./outcome.ts";
import type { ShutdownTrace } from "./traces.ts";

/** Makes the ending of a shutdown that is about to start; call this only if the channel has subscribers. */
export function shutdownEnding(context: TracedContext, sync: boolean): Ending<Uint8Array> {
  const publish = (status: ShutdownTrace["status"], sent: number, duration: number): void =>
    shutdownChannel.publish({ ...tracedOf(context), status, sent, duration, sync });
  return {
    succeeded: (message, duration) => publish("SEC_E_OK", message.byteLength, duration),
    failed: (error, duration) => publish(statusOfError(error), 0, duration),
  };
}
