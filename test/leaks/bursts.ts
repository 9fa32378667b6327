import { ClientContext, Credential, systemProvider } from "../../src/index.ts";
import { alice } from "../live/providers.ts";
import { settled } from "./native-bytes.ts";

/** The memory of a process after so many first legs at once were begun, closed and collected; bytes. */
export interface Burst {
  readonly arrayBuffers: number;
  readonly resident: number;
}

const [library, count] = [process.argv[2] as string, Number(process.argv[3])];
const provider = systemProvider(library);

async function burst(legs: number): Promise<Burst> {
  using credential = Credential.acquireSync({ package: "NTLM", use: "outbound", identity: alice, provider });
  const contexts = Array.from({ length: legs }, () => new ClientContext(credential, { target: "HTTP/localhost" }));
  await Promise.all(contexts.map((context) => context.step()));
  for (const context of contexts) context.close();
  const { resident } = await settled();
  return { arrayBuffers: process.memoryUsage().arrayBuffers, resident };
}

const before = await burst(10);
console.log(JSON.stringify([before, await burst(count), await burst(count)]));
