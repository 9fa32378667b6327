import { SspiError } from "../src/index.ts";

/** Returns the SspiError that `work` throws; other errors are thrown on. */
export function thrownBy(work: () => unknown): SspiError {
  try {
    work();
  } catch (error) {
    if (error instanceof SspiError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
