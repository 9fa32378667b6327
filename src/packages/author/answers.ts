import { SEC_E_INTERNAL_ERROR, SEC_E_OK } from "../../../generated/status/constants.ts";
import { isFailure, SspiError } from "../../status/index.ts";
import { PackageError } from "./package-error.ts";

/** A mistake of a package's own code; its caller got `SEC_E_INTERNAL_ERROR`. */
export interface PackageFault {
  /** The function of the definition or of the function table. */
  readonly name: string;
  /** The error that was thrown, or one that describes what is wrong with the returned value. */
  readonly error: unknown;
}

const kept = 100;

/** Turns the result of an author's function into a status. Never throws. */
export class Answers {
  /** The last hundred faults. */
  readonly faults: PackageFault[] = [];
  #thrown: { readonly status: number; readonly error: Error } | undefined;

  /** The status that `work` returns, or the status of the error that it throws. */
  status(name: string, work: () => number): number {
    try {
      return work();
    } catch (error) {
      const status = this.refusal(error);
      if (status !== undefined) return status;
      this.fault(name, error);
      return SEC_E_INTERNAL_ERROR;
    }
  }

  /** SEC_E_OK, or the status of the error that `work` throws. */
  done(name: string, work: () => void): number {
    return this.status(name, () => {
      work();
      return SEC_E_OK;
    });
  }

  /**
   * The failure status of a PackageError or SspiError; undefined for any other error, which is a fault of the package.
   */
  refusal(error: unknown): number | undefined {
    try {
      if (!(error instanceof PackageError || error instanceof SspiError)) return undefined;
      const status = error.status >>> 0;
      if (!isFailure(status)) return undefined;
      this.#thrown = { status, error };
      return status;
    } catch {
      // A proxy or a subclass may throw when it is looked at.
      return undefined;
    }
  }

  /** The last error that was thrown, if its status was `status`. */
  explain(status: number): Error | undefined {
    return this.#thrown?.status === status ? this.#thrown.error : undefined;
  }

  fault(name: string, error: unknown): void {
    this.faults.push({ name, error });
    if (this.faults.length > kept) this.faults.shift();
  }
}

/** Checks that a definition's function returned a value. @throws TypeError for undefined and for a Promise. */
export function present<T>(value: T, name: string): T {
  if (value instanceof Promise) {
    value.catch(() => {});
    throw new TypeError(`${name} returned a Promise: a package answers at once, C cannot wait`);
  }
  if (value === undefined || value === null) throw new TypeError(`${name} returned ${value}`);
  return value;
}

/** Checks the result of a function that is called only for its effect. @throws TypeError for a Promise. */
export function settled(value: unknown, name: string): void {
  if (value instanceof Promise) present(value, name);
}
