/** Something was used after it was closed. */
export class DisposedError extends Error {
  readonly code = "SSPI_DISPOSED";

  constructor(what: string) {
    super(`${what} has been closed and cannot be used any more`);
    this.name = "DisposedError";
  }
}

/** What a collected owner leaves behind for its finalizer. Never refers to the owner. */
interface Holding<T> {
  readonly what: string;
  readonly value: T;
  readonly release: (value: T) => void;
  readonly origin: string | undefined;
}

/** `SSPI_DEBUG=1` makes every owner remember where it was created, for the warning about a forgotten one. */
const debugging = process.env["SSPI_DEBUG"] === "1";

const forgotten = new FinalizationRegistry<Holding<never>>((holding) => {
  process.emitWarning(`${holding.what} was garbage-collected without close(); it is released now`, {
    type: "SspiLeakWarning",
    code: "SSPI_LEAK",
    detail: holding.origin ?? "Set SSPI_DEBUG=1 to see where it was created.",
  });
  holding.release(holding.value);
});

/**
 * The one owner of a native thing. Closing releases it once, however often it is closed; a forgotten one
 * is reported as a process warning and released when the collector finds it.
 */
export class Owned<T> implements Disposable {
  readonly #what: string;
  #holding: Holding<T> | undefined;

  /** `release` must not refer to this owner, or it would never be collected. */
  constructor(what: string, value: T, release: (value: T) => void) {
    this.#what = what;
    const origin = debugging ? new Error(`${what} was created here`).stack : undefined;
    this.#holding = { what, value, release, origin };
    forgotten.register(this, this.#holding as unknown as Holding<never>, this);
  }

  /** The thing, still owned here. @throws DisposedError after {@link close} or {@link take}. */
  get value(): T {
    if (!this.#holding) throw new DisposedError(this.#what);
    return this.#holding.value;
  }

  get closed(): boolean {
    return this.#holding === undefined;
  }

  /** Moves the thing out: the caller releases it from now on. @throws DisposedError */
  take(): T {
    const { value } = this;
    this.#forget();
    return value;
  }

  /** Releases the thing; harmless when it has been closed or taken before. */
  close(): void {
    const holding = this.#holding;
    if (!holding) return;
    this.#forget();
    holding.release(holding.value);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #forget(): void {
    this.#holding = undefined;
    forgotten.unregister(this);
  }
}
