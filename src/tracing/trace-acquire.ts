import { acquireChannel } from "./channels.ts";
import { type Ending, statusOfError } from "./outcome.ts";
import type { AcquireTrace } from "./traces.ts";

/** What is read of what an acquisition hands over. */
interface Traced {
  readonly package: { readonly name: string };
  readonly handle: { readonly provider: { readonly label: string } };
}

/** Where an acquisition ends that is about to be made; whoever calls this has seen that somebody listens. */
export function acquireEnding(options: unknown, sync: boolean): Ending<Traced> {
  // Not checked yet: what is wrong with them, the acquisition says.
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
