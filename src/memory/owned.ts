import { inspect } from "node:util";
import { DisposedError } from "../values/index.ts";

/** The data that the finalizer of a collected owner needs. Never refers to the owner or its guard. */
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
 * The stack of the caller, which creates `what`; undefined unless `SSPI_DEBUG=1`. It is kept as text, because an Error
 * keeps the objects of its stack alive, the new object among them, until the text is made.
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
 * The FinalizationRegistry watches this object in place of the owner, which alone refers to it. A closed owner passes
 * its guard to the next owner, so that most owners need no registration of their own.
 */
class Guard {
  readonly holding: Holding = { what: "", value: undefined, release: ignore, taken: ignore, origin: undefined };

  constructor() {
    forgotten.register(this, this.holding);
  }
}

const idle: Guard[] = [];
/** How many guards are kept for the next owners. Further guards are collected, when they no longer guard anything. */
const mostIdle = 1024;

function ignore(): void {}

/**
 * The only owner of a native object. The first close releases the object, and later ones do nothing; a forgotten owner
 * is reported as a process warning, and its object is released when the owner is garbage-collected.
 */
export class Owned<T> implements Disposable {
  readonly #what: string;
  readonly #origin: string | undefined;
  #guard: Guard | undefined;

  /**
   * `release`, and `taken`, which is called when the object is moved out, must not refer to this owner, or the owner
   * would never be collected.
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

  /** The object, still owned here. @throws DisposedError after {@link close} or {@link take}. */
  get value(): T {
    if (!this.#guard) throw this.disposedError();
    return this.#guard.holding.value as T;
  }

  get closed(): boolean {
    return this.#guard === undefined;
  }

  /** The error for a caller that uses the object after it was closed. */
  disposedError(): DisposedError {
    return new DisposedError(this.#what, this.#origin);
  }

  /**
   * Moves the object out: the caller releases it from now on, and `live()` no longer counts it.
   *
   * @throws DisposedError
   */
  take(): T {
    const { value } = this;
    const taken = this.#guard?.holding.taken;
    this.#forget();
    taken?.();
    return value;
  }

  /** Releases the object; does nothing after an earlier {@link close} or {@link take}. */
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
