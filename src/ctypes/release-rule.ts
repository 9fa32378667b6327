/** The kinds of native objects that `live()` counts. */
export type LiveKind = "credentials" | "contexts" | "certificates" | "buffers" | "tokens" | "tls";

/** What a release function of the headers releases, and how its result shows success. */
export interface ReleaseRule {
  readonly counts: LiveKind;
  /** What it returns on success: zero for a status, nonzero for a BOOL, nothing where it cannot fail. */
  readonly success: "zero" | "nonzero" | "always";
}
