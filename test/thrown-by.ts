import { SspiError } from "../src/index.ts";

/** The error of SSPI's that something throws; anything else is thrown on. */
export function thrownBy(work: () => unknown): SspiError {
  try {
    work();
  } catch (error) {
    if (error instanceof SspiError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
