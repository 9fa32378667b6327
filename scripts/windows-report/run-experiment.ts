import { experiments } from "./experiments/index.ts";
import { runExperiment } from "./one-experiment.ts";

await runExperiment(experiments);
