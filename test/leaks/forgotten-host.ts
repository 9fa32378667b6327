import { ClientContext, Credential } from "../../src/index.ts";
import { PackageHost } from "../../src/packages.ts";
import { compiledPackage } from "../fixtures/compiled-package.ts";

// Runs in a separate process: a package that calls through a released table ends its process.
const collect = (globalThis as unknown as { readonly gc: () => void }).gc;

/** Only the credential is left of the host. */
function credentialOfForgottenHost(): Credential {
  const host = new PackageHost();
  host.load(compiledPackage("sound"), { splitsMessages: true });
  const identity = { user: "alice", password: "userpw" };
  const { provider } = host;
  return Credential.acquireSync({ package: "Fixture", use: "outbound", provider, identity });
}

using credential = credentialOfForgottenHost();
for (let round = 0; round < 20; round += 1) {
  const garbage = Array.from({ length: 200 }, () => new ArrayBuffer(4096).slice(1));
  // Tasks after the collection free the backing stores.
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  using context = new ClientContext(credential, { target: `HTTP/host-${garbage.length}` });
  context.stepSync();
}
console.log("alive");
process.exit(0);
