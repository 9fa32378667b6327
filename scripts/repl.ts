import repl from "node:repl";
import { Script } from "node:vm";
import { transformSync } from "esbuild";
import * as sspi from "sspi-ffi";
import * as raw from "sspi-ffi/raw";

// At the prompt WinPR's log would be in the way of what is typed.
process.env["WLOG_LEVEL"] ??= "OFF";

function provider(): string {
  try {
    const { label, version } = sspi.systemProvider();
    return version ? `${label} ${version}` : label;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

console.log(`sspi-ffi on ${provider()}
packages()  capabilities()  Credential  ClientContext  ServerContext  live()  raw.<any name of the headers>
TypeScript and await work. docs/guides/prompt.md walks through a handshake. .exit leaves.`);

const server = repl.start({ prompt: "sspi> ", breakEvalOnSigint: true });
const evaluate = server.eval;
(server as { eval: repl.REPLEval }).eval = function strip(this: repl.REPLServer, typed, ...rest) {
  evaluate.call(this, withoutTypes(typed), ...rest);
};

/** TypeScript's types stripped, where there are any; what does not parse goes on, so that the REPL asks for another line. */
function withoutTypes(typed: string): string {
  try {
    new Script(typed);
    return typed;
  } catch {
    try {
      return transformSync(typed, { loader: "ts", target: "node20" }).code;
    } catch {
      return typed;
    }
  }
}

Object.assign(server.context, sspi, { sspi, raw });
