import { SEC_E_INTERNAL_ERROR, SEC_E_OK } from "../../generated/status/constants.ts";
import { Credential, ServerContext } from "../../src/index.ts";
import { ScriptedSspi } from "../scripted/scripted-provider.ts";

// Runs in a separate process: the thread cannot stop impersonating, so the process has to end at once.
const [, , work, revert] = process.argv;
const { provider } = new ScriptedSspi({ legs: [{ status: SEC_E_OK }], revert: () => reverted() });

function reverted(): number {
  if (revert === "throws") throw new Error("no way back");
  return revert === "answers no status" ? Number.NaN : SEC_E_INTERNAL_ERROR;
}

const server = new ServerContext(Credential.acquireSync({ package: "Scripted", use: "inbound", provider }));
server.stepSync(Buffer.from("hello"));
process.on("exit", () => console.log("an exit handler ran as the client"));
try {
  server.impersonate(() => {
    console.log("working as the client");
    if (work === "throws") throw new Error("the work failed");
  });
} catch {
  console.log("a catch block ran as the client");
} finally {
  console.log("a finally block ran as the client");
}
