import { expect } from "vitest";
import { CredsspError } from "../../src/credssp/credssp-error.ts";

/** The refusal that `work` throws. */
export function refusalOf(work: () => unknown): CredsspError {
  let thrown: unknown;
  try {
    work();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(CredsspError);
  return thrown as CredsspError;
}
