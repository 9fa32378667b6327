import { credsspHost } from "../../src/credssp.ts";
import { ClientContext, Credential, live, ServerContext } from "../../src/index.ts";
import { innerHost } from "../credssp/inner-host.ts";
import { ecCertificate, rootPem } from "../fixtures/tls-certificates.ts";
import { malloc, mallocTrim, settled } from "./native-bytes.ts";

export interface CredsspMeasured {
  readonly live: ReturnType<typeof live>;
  readonly failures: number;
  readonly resident: number;
  /** Bytes that malloc did not get back, per handshake. */
  readonly lost: number;
}

const [work, count] = [process.argv[2] as "failures" | "leaking", Number(process.argv[3])];
const inner = innerHost();
const target = "TERMSRV/localhost";
const host = credsspHost({
  inner: "NTLM",
  innerProvider: inner.provider,
  server: { certificate: ecCertificate },
  ca: rootPem,
  delegate: [target],
});
const { provider } = host;
const inbound = Credential.acquireSync({ package: "CREDSSP", use: "inbound", provider });
const outbound = ["userpw", "wrong"].map((password) =>
  Credential.acquireSync({
    package: "CREDSSP",
    use: "outbound",
    provider,
    credssp: { spnego: { user: "alice", password } },
  }),
) as [Credential, Credential];
let failures = 0;

/** Fails in turn by a wrong password, a changed flight, bytes that are no TLS, and a client that disconnects. */
function handshake(index: number): void {
  const kind = index % 4;
  using client = new ClientContext(kind === 0 ? outbound[1] : outbound[0], { target });
  using server = new ServerContext(inbound);
  try {
    if (kind === 2) server.stepSync(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
    let flight: Buffer | undefined = client.stepSync().token;
    for (let number = 0; flight && flight.length > 0; number += 1) {
      if (kind === 3 && number === index % 5) throw new Error("the client is gone");
      if (kind === 1 && number === index % 5) flight[flight.length - 1] = (flight.at(-1) as number) ^ 1;
      const side: ClientContext | ServerContext = number % 2 === 0 ? server : client;
      const leg = side.stepSync(flight);
      flight = leg.token;
    }
  } catch {
    // The failure is counted below, like handshakes without a result.
  }
  if (!server.complete) failures += 1;
  if (work === "leaking") malloc(4096);
}

async function run(times: number): Promise<void> {
  for (let index = 0; index < times; index += 1) {
    handshake(index);
    if (index % 500 === 499) await new Promise((resolve) => setImmediate(resolve));
  }
}

async function trimmed(): ReturnType<typeof settled> {
  await settled();
  mallocTrim(0);
  return settled();
}

await run(500);
const before = await trimmed();
failures = 0;
await run(count);
const after = await trimmed();
for (const credential of [inbound, ...outbound]) credential.close();
host.close();
inner.close();
const measured: CredsspMeasured = {
  live: live(),
  failures,
  resident: after.resident - before.resident,
  lost: (after.native - before.native) / count,
};
process.stdout.write(JSON.stringify(measured));
