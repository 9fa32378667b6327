import { ClientContext, Credential, gssapiProvider, live, ServerContext } from "../../src/index.ts";
import { malloc, settled } from "./native-bytes.ts";

/** The work that this process repeats; the last kind leaks on purpose, to show that the test detects a leak. */
export type KerberosWork = "whole" | "failing" | "leaking";

export interface KerberosMeasured {
  readonly live: ReturnType<typeof live>;
  /** How much resident memory grew after the warm-up, in bytes. */
  readonly resident: number;
  /** How much of malloc's memory was not given back, in bytes per handshake. */
  readonly lost: number;
}

const [work, count] = [process.argv[2] as KerberosWork, Number(process.argv[3])];
const provider = gssapiProvider();

/** One credential serves many handshakes, and each context acquires one of the library's. */
function acquire(name: "Kerberos" | "Negotiate"): Record<"outbound" | "inbound", Credential> {
  const common = { package: name, provider } as const;
  return {
    outbound: Credential.acquireSync({ ...common, use: "outbound" }),
    inbound: Credential.acquireSync({ ...common, use: "inbound" }),
  };
}

function handshake({ outbound, inbound }: ReturnType<typeof acquire>): void {
  using client = new ClientContext(outbound, { target: "HTTP/localhost", request: ["mutualAuth", "confidentiality"] });
  using server = new ServerContext(inbound);
  const request = client.stepSync().token as Buffer;
  if (work === "leaking") malloc(request.length);
  const answer = server.stepSync(request).token as Buffer;
  if (work === "failing") answer.fill(1, answer.length >> 1);
  client.stepSync(answer);
  server.peer();
  server.decrypt(client.encrypt(answer));
}

function attempt(credentials: ReturnType<typeof acquire>): void {
  if (work !== "failing") {
    handshake(credentials);
    return;
  }
  try {
    handshake(credentials);
  } catch {
    return;
  }
  throw new Error("a changed answer of the server's was taken");
}

/** A hundred with one credential, by Kerberos and by Negotiate in turn, and a turn of the event loop. */
async function run(times: number): Promise<void> {
  for (let done = 0; done < times; done += 100) {
    const credentials = acquire(done % 200 === 0 ? "Kerberos" : "Negotiate");
    for (let index = 0; index < 100; index += 1) attempt(credentials);
    for (const credential of Object.values(credentials)) credential.close();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

await run(2_000);
const before = await settled();
await run(count);
const after = await settled();
const measured: KerberosMeasured = {
  live: live(),
  resident: after.resident - before.resident,
  lost: (after.native - before.native) / count,
};
console.log(JSON.stringify(measured));
