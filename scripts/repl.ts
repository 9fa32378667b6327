import { transformSync } from "esbuild";
import { runPrompt } from "../src/command/prompt/prompt.ts";

// esbuild translates the syntax that Node 20 lacks: types, and `using`.
process.exitCode = await runPrompt((typed) => transformSync(typed, { loader: "ts", target: "node20" }).code);
