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
  // The options are not checked yet: the acquisition reports what is wrong with them.
  const given = (typeof options === "object" && options !== null ? options : {}) as Record<string, unknown>;
  const asked: Pick<AcquireTrace, "package" | "use" | "identity" | "sync"> = {
    package: textOf(given["package"]),
    use: textOf(given["use"]),
    identity: given["identity"] === undefined ? "process" : "given",
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

function textOf(value: unknown): string {
  return typeof value === "string" ? value : typeof value;
}
