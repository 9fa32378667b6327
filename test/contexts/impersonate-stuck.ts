import { SEC_E_INTERNAL_ERROR, SEC_E_OK } from "../../generated/status/constants.ts";
import { Credential, ServerContext } from "../../src/index.ts";
import { ScriptedSspi } from "../scripted/scripted-provider.ts";

// A process of its own: the thread cannot get rid of its client, so the process has to end at once.
const { provider } = new ScriptedSspi({ legs: [{ status: SEC_E_OK }], revert: () => SEC_E_INTERNAL_ERROR });
const server = new ServerContext(Credential.acquireSync({ package: "Scripted", use: "inbound", provider }));
server.stepSync(Buffer.from("hello"));
process.on("exit", () => console.log("an exit handler ran as the client"));
try {
  server.impersonate(() => {
    console.log("working as the client");
    if (process.argv[2] === "throws") throw new Error("the work failed");
  });
} catch {
  console.log("a catch block ran as the client");
} finally {
  console.log("a finally block ran as the client");
}
