import { MissingComponentError } from "../scripts/lab/components.ts";
import { type RunningLab, startLab } from "../scripts/lab/start.ts";
import { MissingError } from "./compile.ts";

/** Starts a lab. @throws MissingError that names what this machine lacks for one */
export function startBenchLab(): Promise<RunningLab> {
  return startLab().catch((error) => {
    throw error instanceof MissingComponentError ? new MissingError(error.message) : error;
  });
}
