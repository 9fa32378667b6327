import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { CredsspStream, credsspHost } from "../src/credssp.ts";
import { ClientContext, Credential, ServerContext, systemProvider } from "../src/index.ts";
import { ecCertificate, rootPem } from "../test/fixtures/tls-certificates.ts";

/** What one way of speaking CredSSP manages, both sides in this process. */
export interface CredsspRate {
  readonly contender: string;
  readonly handshakesPerSecond: number;
}

interface Setting {
  readonly library: string;
  readonly samFile: string;
}

const target = "TERMSRV/localhost";
const identity = { user: "alice", domain: "", password: "userpw" };

function optionsFor({ library, samFile }: Setting) {
  const shared = { inner: "NTLM", innerProvider: systemProvider(library) };
  return {
    client: { ...shared, ca: rootPem, delegate: [target] },
    server: { certificate: ecCertificate, winpr: { samFile } },
    shared,
  };
}

/** NTLM inside TLS 1.3 with a P-256 certificate: the package in memory, and the stream on loopback sockets. */
export async function credsspHandshakes(setting: Setting, count: number): Promise<CredsspRate[]> {
  const rates: CredsspRate[] = [];
  for (const [contender, work] of [
    ["the package, in memory", inMemory],
    ["CredsspStream, on loopback", onLoopback],
  ] as const) {
    await work(setting, Math.ceil(count / 10));
    const from = performance.now();
    await work(setting, count);
    rates.push({ contender, handshakesPerSecond: (count * 1000) / (performance.now() - from) });
  }
  return rates;
}

function inMemory(setting: Setting, count: number): void {
  const { client, server } = optionsFor(setting);
  using host = credsspHost({ ...client, server });
  using outbound = Credential.acquireSync({
    package: "CREDSSP",
    use: "outbound",
    provider: host.provider,
    credssp: { spnego: identity },
  });
  // WinPR's NTLM credentials of a server are for one exchange at a time, which these are.
  using inbound = Credential.acquireSync({ package: "CREDSSP", use: "inbound", provider: host.provider });
  for (let done = 0; done < count; done += 1) oneInMemory(outbound, inbound);
}

function oneInMemory(outbound: Credential, inbound: Credential): void {
  using client = new ClientContext(outbound, { target });
  using server = new ServerContext(inbound);
  for (let leg = client.stepSync(); !server.complete; ) {
    const answer = server.stepSync(leg.token ?? Buffer.alloc(0));
    if (answer.token?.length) leg = client.stepSync(answer.token);
  }
}

async function onLoopback(setting: Setting, count: number): Promise<void> {
  const { client, server, shared } = optionsFor(setting);
  const house = createServer();
  await once(house.listen(0, "127.0.0.1"), "listening");
  for (let done = 0; done < count; done += 1) {
    const [near, far] = await pair(house);
    const accepting = CredsspStream.accept(far, { ...server, ...shared });
    await using one = await CredsspStream.connect(near, { target, identity, ...client });
    await using other = await accepting;
    if (one.version !== other.version) throw new Error("the sides disagree on their version");
  }
  house.close();
}

async function pair(house: Server): Promise<readonly [Socket, Socket]> {
  const accepted = once(house, "connection") as Promise<[Socket]>;
  const near = connect((house.address() as AddressInfo).port, "127.0.0.1");
  const [far] = await accepted;
  return [near, far];
}
