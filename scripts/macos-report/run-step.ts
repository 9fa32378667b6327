import { runExperiment } from "../windows-report/one-experiment.ts";
import { steps } from "./steps.ts";

await runExperiment(steps);
