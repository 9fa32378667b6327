import { ClientContext, Credential, live, systemProvider } from "../../src/index.ts";
import { Ntlm } from "../live/ntlm.ts";
import { alice } from "../live/providers.ts";

const provider = systemProvider(process.argv[2]);
const warnings: string[] = [];
process.on("warning", (warning) => warnings.push(`${warning.name}: ${warning.message}`));

/** Contexts in every state, and a credential, that nobody closes. */
function forget(): void {
  new Ntlm(provider).handshakeSync();
  new Ntlm(provider).client.stepSync();
  const credential = Credential.acquireSync({ package: "NTLM", use: "outbound", identity: alice, provider });
  new ClientContext(credential).stepSync();
}

/** A step under way keeps what it needs alive, although the caller does not. */
async function forgetDuringStep(): Promise<string> {
  const step = new Ntlm(provider).client.step();
  globalThis.gc?.();
  return (await step).status;
}

async function collected(): Promise<void> {
  for (let round = 0; round < 50 && Object.values(live()).some((count) => count > 0); round += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

forget();
const held = live();
const step = await forgetDuringStep();
await collected();
console.log(JSON.stringify({ held, step, warnings: warnings.sort(), live: live() }));
