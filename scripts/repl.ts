import { transformSync } from "esbuild";
import { runPrompt } from "../src/command/prompt/prompt.ts";

// esbuild knows what Node 20 does not: types, and `using`.
process.exitCode = await runPrompt((typed) => transformSync(typed, { loader: "ts", target: "node20" }).code);
