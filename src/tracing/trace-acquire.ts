import { types } from "node:util";
import { acquireChannel } from "./channels.ts";
import { type Ending, statusOfError } from "./outcome.ts";
import type { AcquireTrace } from "./traces.ts";

/** The properties of an acquisition's result that a trace reads. */
interface Traced {
  readonly package: { readonly name: string };
  readonly handle: { readonly provider: { readonly label: string } };
}

/** Makes the ending of an acquisition that is about to start; call this only if the channel has subscribers. */
export function acquireEnding(options: unknown, sync: boolean): Ending<Traced> {
  const asked: Pick<AcquireTrace, "package" | "use" | "identity" | "sync"> = {
    package: textOf(ownValue(options, "package")),
    use: textOf(ownValue(options, "use")),
    identity: ownValue(options, "identity") === undefined ? "process" : "given",
    sync,
  };
  return {
    succeeded: ({ package: of, handle }, duration) =>
      acquireChannel.publish({
        ...asked,
        package: of.name,
        provider: handle.provider.label,
        status: "SEC_E_OK",
        duration,
      }),
    failed: (error, duration) => acquireChannel.publish({ ...asked, status: statusOfError(error), duration }),
  };
}

/**
 * An option, without running any code of the caller's: the acquisition reads each option once, and reports what is wrong
 * with it.
 */
function ownValue(options: unknown, name: string): unknown {
  if (typeof options !== "object" || options === null || types.isProxy(options)) return undefined;
  const property = Object.getOwnPropertyDescriptor(options, name);
  return property?.get ?? property?.value;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : typeof value;
}
