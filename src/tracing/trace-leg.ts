import { codeOf, type SspiError, type StatusCode } from "../status/index.ts";
import { isBytes, lengthOf } from "../values/index.ts";
import { legChannel } from "./channels.ts";
import { type TracedContext, tracedOf } from "./context-numbers.ts";
import { type Ending, statusOfError } from "./outcome.ts";
import type { LegTrace } from "./traces.ts";

/** The properties of a context and of a leg that a trace reads. */
interface Traced extends TracedContext {
  readonly legs: number;
}
interface TracedLeg {
  readonly code: StatusCode;
  readonly token?: Uint8Array;
}

/** Makes the ending of a leg that is about to start; call this only if the channel has subscribers. */
export function legEnding(
  context: Traced,
  side: LegTrace["side"],
  token: Uint8Array | undefined,
  sync: boolean,
): Ending<TracedLeg> {
  const leg = context.legs + 1;
  const received = sizeOf(token);
  const publish = (status: LegTrace["status"], sent: number, duration: number): void =>
    legChannel.publish({
      ...tracedOf(context),
      ...{ side, leg, received, sent, status, duration, sync },
    });
  return {
    succeeded: (done, duration) => publish(done.code, sizeOf(done.token), duration),
    failed: (error, duration) =>
      publish(statusOfError(error), codeOf(error) === undefined ? 0 : sizeOf((error as SspiError).token), duration),
  };
}

/** The size of a token; 0 for a value that is not bytes, which the leg itself refuses. */
function sizeOf(token: unknown): number {
  return isBytes(token) ? lengthOf(token) : 0;
}
