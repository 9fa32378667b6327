import { isMainThread } from "node:worker_threads";
import { systemProvider } from "../../src/index.ts";
import { Ntlm } from "../live/ntlm.ts";
import { workerOf } from "../worker-of.ts";

const [library, where] = process.argv.slice(2) as [string, "main" | "worker"];

if (where === "worker" && isMainThread) {
  const worker = workerOf(import.meta.url, { argv: [library, where] });
  worker.on("exit", (code) => console.log(`worker ended with ${code}`));
} else {
  const provider = systemProvider(library);
  const legs = await Promise.all(
    Array.from({ length: 8 }, async () => {
      using ntlm = new Ntlm(provider);
      return (await ntlm.handshake()).length;
    }),
  );
  console.log(`${legs.length} handshakes`);
}
