import { ClientContext, Credential, systemProvider } from "../../src/index.ts";

// Runs in a separate process: deleting the context that a failed leg has left ends it.
const [library, guard] = process.argv.slice(2);
const known = systemProvider(library);
const traits = { ...known.traits, deletesFailedContexts: "all" as const };
const provider = guard === "guarded" ? known : { ...known, traits };

/** MIT's answer to a first token that is not of Kerberos: it asks for Kerberos. */
const wish = Buffer.from("a1143012a0030a0103a10b06092a864886f712010202", "hex");

using credential = Credential.acquireSync({ package: "Negotiate", use: "outbound", provider });
for (let attempt = 0; attempt < 20; attempt += 1) {
  using client = new ClientContext(credential, { target: "HTTP/nowhere.example.test" });
  client.stepSync();
  try {
    client.stepSync(wish);
  } catch (error) {
    if (attempt === 0) console.log((error as { code: string }).code);
  }
}
console.log("alive");
