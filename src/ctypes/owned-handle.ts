/** Under this an object answers with the native handle that it owns, so that functions of the raw door can use it. */
export const ownedHandle: unique symbol = Symbol.for("sspi-ffi.ownedHandle");

export type HandleKind = "credential" | "context";

export interface OwnedHandle<Kind extends HandleKind = HandleKind> {
  readonly kind: Kind;
  /** Where the `CredHandle` or `CtxtHandle` is. */
  readonly address: number;
  /** Whose handle it is. */
  readonly provider: object;
}

/** A `Credential` or a context: it keeps its handle, and releases it itself. */
export interface HandleOwner<Kind extends HandleKind = HandleKind> {
  readonly [ownedHandle]: OwnedHandle<Kind>;
}
