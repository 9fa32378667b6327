import { inspect } from "node:util";
import { DisposedError } from "../values/index.ts";

/** What a collected owner leaves behind for its finalizer. Never refers to the owner or its guard. */
interface Holding {
  what: string;
  value: unknown;
  release: (value: never) => void;
  taken: () => void;
  origin: string | undefined;
}

/** `SSPI_DEBUG=1` makes every owner remember where it was created, for warnings and errors about it. */
const debugging = process.env["SSPI_DEBUG"] === "1";

/**
 * The stack of the caller, which creates `what`; undefined unless `SSPI_DEBUG=1`. It is text, because an Error keeps
 * what its stack refers to, the new object among it, from being collected until the text is made.
 */
export function originOf(what: string): string | undefined {
  return debugging ? new Error(`${what} was created here`).stack : undefined;
}

const forgotten = new FinalizationRegistry<Holding>((holding) => {
  if (holding.release === ignore) return;
  process.emitWarning(`${holding.what} was garbage-collected without close(); it is released once nothing uses it`, {
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
/** How many are kept for the next owners. One that is not is collected, and guards nothing then. */
const mostIdle = 1024;

function ignore(): void {}

/**
 * The one owner of a native thing. Closing releases it once, however often it is closed; a forgotten one
 * is reported as a process warning and released when the collector finds it.
 */
export class Owned<T> implements Disposable {
  readonly #what: string;
  readonly #origin: string | undefined;
  #guard: Guard | undefined;

  /**
   * `release`, and `taken`, which is told when the thing is moved out, must not refer to this owner, or it would
   * never be collected.
   */
  constructor(what: string, value: T, release: (value: T) => void, taken: () => void = ignore) {
    this.#what = what;
    this.#origin = originOf(what);
    const guard = idle.pop() ?? new Guard();
    const { holding } = guard;
    holding.what = what;
    holding.value = value;
    holding.release = release;
    holding.taken = taken;
    holding.origin = this.#origin;
    this.#guard = guard;
  }

  /** The thing, still owned here. @throws DisposedError after {@link close} or {@link take}. */
  get value(): T {
    if (!this.#guard) throw this.disposedError();
    return this.#guard.holding.value as T;
  }

  get closed(): boolean {
    return this.#guard === undefined;
  }

  /** The error of whoever uses the thing after it was closed. */
  disposedError(): DisposedError {
    return new DisposedError(this.#what, this.#origin);
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
    if (idle.length < mostIdle) idle.push(guard);
  }
}
