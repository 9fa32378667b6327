import { isMainThread, Worker } from "node:worker_threads";
import { systemProvider } from "../../src/index.ts";
import { Ntlm } from "../live/ntlm.ts";

const [library, where] = process.argv.slice(2) as [string, "main" | "worker"];

if (where === "worker" && isMainThread) {
  // tsx does not reach into workers by itself.
  const begin = `import("tsx/esm/api").then(({ register }) => (register(), import(${JSON.stringify(import.meta.url)})))`;
  const worker = new Worker(begin, { eval: true, argv: [library, where] });
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
