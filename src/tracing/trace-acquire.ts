import { types } from "node:util";
import { shapeOf } from "../values/index.ts";
import { acquireChannel } from "./channels.ts";
import { type Ending, statusOfError } from "./outcome.ts";
import type { AcquireTrace } from "./traces.ts";

/** The properties of an acquisition's result that a trace reads. */
interface Traced {
  readonly package: { readonly name: string };
  readonly use: AcquireTrace["use"];
  readonly identity: AcquireTrace["identity"];
  readonly handle: { readonly provider: { readonly label: string } };
}

/**
 * Makes the ending of an acquisition that is about to start; call this only if the channel has subscribers. `uses` are
 * the words that are shown.
 */
export function acquireEnding(options: unknown, uses: readonly string[], sync: boolean): Ending<Traced> {
  const [name, use] = [ownValue(options, "package"), ownValue(options, "use")];
  const asked: Pick<AcquireTrace, "package" | "use" | "identity"> = {
    package: typeof name === "string" ? name : shapeOf(name),
    use: (uses as readonly unknown[]).includes(use) ? (use as string) : shapeOf(use),
    identity: ownValue(options, "identity") === undefined ? "process" : "given",
  };
  return {
    succeeded: ({ package: of, use: used, identity, handle }, duration) =>
      acquireChannel.publish({
        package: of.name,
        use: used,
        identity,
        sync,
        provider: handle.provider.label,
        status: "SEC_E_OK",
        duration,
      }),
    failed: (error, duration) => acquireChannel.publish({ ...asked, sync, status: statusOfError(error), duration }),
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
