/** The key of the property with the native handle that an object owns, so that raw functions can use the handle. */
export const ownedHandle: unique symbol = Symbol.for("sspi-ffi.ownedHandle");

export type HandleKind = "credential" | "context";

export interface OwnedHandle<Kind extends HandleKind = HandleKind> {
  readonly kind: Kind;
  /** The address of the `CredHandle` or `CtxtHandle`. */
  readonly address: number;
  /** The provider that issued the handle. */
  readonly provider: object;
}

/** A `Credential` or a context, which owns its handle and releases it itself. */
export interface HandleOwner<Kind extends HandleKind = HandleKind> {
  readonly [ownedHandle]: OwnedHandle<Kind>;
}
