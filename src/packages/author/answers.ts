import { SEC_E_INTERNAL_ERROR, SEC_E_OK } from "../../../generated/status/constants.ts";
import { isFailure, SspiError } from "../../status/index.ts";
import { PackageError } from "./package-error.ts";

/** Something that a package's own code did wrong, which its caller saw as `SEC_E_INTERNAL_ERROR`. */
export interface PackageFault {
  /** The function of the definition, or of the table. */
  readonly name: string;
  /** What was thrown, or an error that says what was wrong with the answer. */
  readonly error: unknown;
}

const kept = 100;

/** Turns what an author's function does into a status. Never throws. */
export class Answers {
  /** The last hundred faults. */
  readonly faults: PackageFault[] = [];
  #thrown: { readonly status: number; readonly error: Error } | undefined;

  /** The status that `work` answers, or that of what it throws. */
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

  /** Success, or the status of what `work` throws. */
  done(name: string, work: () => void): number {
    return this.status(name, () => {
      work();
      return SEC_E_OK;
    });
  }

  /** The failure that an error is meant to be for the caller; undefined for any other error. */
  refusal(error: unknown): number | undefined {
    if (!(error instanceof PackageError || error instanceof SspiError) || !isFailure(error.status)) return undefined;
    const status = error.status >>> 0;
    this.#thrown = { status, error };
    return status;
  }

  /** What was thrown last, if that became `status`. */
  explain(status: number): Error | undefined {
    return this.#thrown?.status === status ? this.#thrown.error : undefined;
  }

  fault(name: string, error: unknown): void {
    this.faults.push({ name, error });
    if (this.faults.length > kept) this.faults.shift();
  }
}

/** A value that a definition's function returned. @throws TypeError for nothing at all, and for a Promise. */
export function present<T>(value: T, name: string): T {
  if (value instanceof Promise) {
    value.catch(() => {});
    throw new TypeError(`${name} returned a Promise: a package answers at once, C cannot wait`);
  }
  if (value === undefined || value === null) throw new TypeError(`${name} returned ${value}`);
  return value;
}

/** A function of a definition that is called for its effect. @throws TypeError for a Promise. */
export function settled(value: unknown, name: string): void {
  if (value instanceof Promise) present(value, name);
}
