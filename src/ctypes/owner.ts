/** What `live()` counts. */
export type LiveKind = "credentials" | "contexts" | "certificates" | "buffers" | "tokens";

/** A release function of the headers, as one owner's rule. */
export interface OwnerDeclaration {
  readonly releasedBy: string;
  readonly counts: LiveKind;
  /** Whether the function takes the thing's value (a HANDLE, a buffer) or the address of where it is kept. */
  readonly takes: "value" | "address";
  /** What it returns on success: zero for a status, nonzero for a BOOL, nothing where it cannot fail. */
  readonly success: "zero" | "nonzero" | "always";
}
