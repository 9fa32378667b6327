import { inspect } from "node:util";

/** Something was used after it was closed. */
export class DisposedError extends Error {
  readonly code = "SSPI_DISPOSED";

  constructor(what: string) {
    super(`${what} has been closed and cannot be used any more`);
    this.name = "DisposedError";
  }
}

/** What a collected owner leaves behind for its finalizer. Never refers to the owner or its guard. */
interface Holding {
  what: string;
  value: unknown;
  release: (value: never) => void;
  taken: () => void;
  origin: string | undefined;
}

/** `SSPI_DEBUG=1` makes every owner remember where it was created, for the warning about a forgotten one. */
const debugging = process.env["SSPI_DEBUG"] === "1";

const forgotten = new FinalizationRegistry<Holding>((holding) => {
  process.emitWarning(`${holding.what} was garbage-collected without close(); it is released now`, {
    type: "SspiLeakWarning",
    code: "SSPI_LEAK",
    detail: holding.origin ?? "Set SSPI_DEBUG=1 to see where it was created.",
  });
  holding.release(holding.value as never);
});

/**
 * What is watched by the collector in place of an owner: only its owner refers to it. An owner that is closed
 * gives its guard to the next one, so that owners come and go without a registration of their own.
 */
class Guard {
  readonly holding: Holding = { what: "", value: undefined, release: ignore, taken: ignore, origin: undefined };

  constructor() {
    forgotten.register(this, this.holding);
  }
}

const idle: Guard[] = [];

function ignore(): void {}

/**
 * The one owner of a native thing. Closing releases it once, however often it is closed; a forgotten one
 * is reported as a process warning and released when the collector finds it.
 */
export class Owned<T> implements Disposable {
  readonly #what: string;
  #guard: Guard | undefined;

  /**
   * `release`, and `taken`, which is told when the thing is moved out, must not refer to this owner, or it would
   * never be collected.
   */
  constructor(what: string, value: T, release: (value: T) => void, taken: () => void = ignore) {
    this.#what = what;
    const guard = idle.pop() ?? new Guard();
    const { holding } = guard;
    holding.what = what;
    holding.value = value;
    holding.release = release;
    holding.taken = taken;
    holding.origin = debugging ? new Error(`${what} was created here`).stack : undefined;
    this.#guard = guard;
  }

  /** The thing, still owned here. @throws DisposedError after {@link close} or {@link take}. */
  get value(): T {
    if (!this.#guard) throw new DisposedError(this.#what);
    return this.#guard.holding.value as T;
  }

  get closed(): boolean {
    return this.#guard === undefined;
  }

  /** Moves the thing out: the caller releases it from now on, and `live()` counts it no more. @throws DisposedError */
  take(): T {
    const { value } = this;
    const taken = this.#guard?.holding.taken;
    this.#forget();
    taken?.();
    return value;
  }

  /** Releases the thing; harmless when it has been closed or taken before. */
  close(): void {
    const holding = this.#guard?.holding;
    if (!holding) return;
    const { value, release } = holding;
    this.#forget();
    release(value as never);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [inspect.custom](): string {
    return `${this.#what} { ${this.closed ? "closed" : "open"} }`;
  }

  #forget(): void {
    const guard = this.#guard as Guard;
    this.#guard = undefined;
    guard.holding.value = undefined;
    guard.holding.release = ignore;
    guard.holding.taken = ignore;
    idle.push(guard);
  }
}
