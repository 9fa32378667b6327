import { homedir } from "node:os";
import { join } from "node:path";
import repl, { type REPLEval, type REPLServer } from "node:repl";
import { systemProvider } from "../../index.ts";
import { succeeded } from "../command.ts";
import { silenceWinpr } from "../quiet.ts";
import { loadEntryPoints } from "./entry-points.ts";
import { help } from "./help.ts";
import { isSecret } from "./history.ts";
import { importsAsCode } from "./imports.ts";
import { shownValue } from "./shown-value.ts";
import { nodesTypeStripper, type TypeStripper, withoutTypes } from "./types.ts";

/**
 * Runs the prompt with the library's names as variables, in the library's realm, so that `instanceof` works.
 *
 * @param stripTypes converts TypeScript to JavaScript; by default Node's own function, if it has one.
 * @returns the exit code, when the prompt is left
 */
export async function runPrompt(stripTypes: TypeStripper | undefined = nodesTypeStripper()): Promise<number> {
  silenceWinpr();
  const modules = await loadEntryPoints();
  console.log(banner(stripTypes !== undefined));
  const server: REPLServer = repl.start({
    prompt: "sspi> ",
    useGlobal: true,
    breakEvalOnSigint: true,
    writer: (value) => shownValue(value, server.useColors),
  });
  const evaluate = server.eval;
  (server as { eval: REPLEval }).eval = function rewritten(this: REPLServer, typed, ...rest) {
    const code = importsAsCode(typed);
    if (code === "incomplete") return rest[2](new repl.Recoverable(new SyntaxError("more of the import")), undefined);
    evaluate.call(this, code ?? withoutTypes(typed, stripTypes), ...rest);
  };
  for (const [name, value] of Object.entries({ ...modules, help }))
    Object.defineProperty(server.context, name, { value, writable: true, configurable: true, enumerable: false });
  keepHistory(server);
  return new Promise((resolve) => server.once("exit", () => resolve(succeeded)));
}

function banner(hasTypes: boolean): string {
  return `sspi-ffi on ${provider()}
packages()  capabilities()  Credential  ClientContext  ServerContext  explain(token)  live()  raw.<any name of the headers>
help(x) explains a function, a struct, a class or a status. ${hasTypes ? "TypeScript, import" : "import"} and await work. .exit leaves.`;
}

function provider(): string {
  try {
    const { label, version } = systemProvider();
    return version ? `${label} ${version}` : label;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Saves the typed lines of an interactive terminal, as Node's own prompt does: `NODE_REPL_HISTORY` names the file; an
 * empty value disables it.
 */
function keepHistory(server: REPLServer): void {
  if (!server.terminal) return;
  server.on("history", (lines: string[]) => {
    for (let at = lines.length - 1; at >= 0; at -= 1) if (isSecret(lines[at] as string)) lines.splice(at, 1);
  });
  const file = process.env["NODE_REPL_HISTORY"] ?? join(homedir(), ".sspi-ffi_history");
  server.setupHistory(file, (error) => {
    if (error) console.error(`the history is not kept: ${error.message}`);
  });
}
