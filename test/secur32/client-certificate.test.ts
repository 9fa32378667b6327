import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import { Certificate, ClientContext, Credential, live, type SchannelOptions } from "../../src/index.ts";
import { type MadeCertificate, makeCertificate, makePfx } from "./made-certificate.ts";

const password = "geheim-7";

interface Served {
  /** What the server calls the client. */
  readonly subject: string;
  readonly protocol: string | null;
}

/** Our client's handshake with a server that asks for a certificate of `trusted`. */
async function served(trusted: MadeCertificate, schannel: SchannelOptions, versions = {}): Promise<Served> {
  const host = await makeCertificate("localhost");
  const server = createServer({
    key: host.key,
    cert: host.certificate,
    ca: [trusted.certificate],
    requestCert: true,
    rejectUnauthorized: true,
    maxVersion: "TLSv1.2",
    ...versions,
  });
  const connection = once(server, "secureConnection") as Promise<[TLSSocket]>;
  const refused = once(server, "tlsClientError").then(([error]) => Promise.reject(error as Error));
  refused.catch(() => {});
  connection.catch(() => {});
  await once(server.listen(0, "127.0.0.1"), "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  try {
    using _ = await handshake(socket, schannel);
    const [peer] = await Promise.race([connection, refused]);
    return { subject: String(peer.getPeerCertificate().subject?.CN), protocol: peer.getProtocol() };
  } finally {
    socket.destroy();
    server.close();
  }
}

async function handshake(socket: Socket, schannel: SchannelOptions): Promise<ClientContext> {
  using credential = Credential.acquire({ package: "Schannel", use: "outbound", schannel });
  const client = new ClientContext(credential, { target: "localhost", request: ["stream", "confidentiality"] });
  try {
    let leg = await client.step();
    for (let input = Buffer.alloc(0); ; ) {
      if (leg.token && leg.token.length > 0) socket.write(leg.token);
      if (leg.status === "complete") return client;
      if (leg.status === "incomplete-credentials") throw new Error("the server wants a certificate");
      input = Buffer.from(leg.extra ?? []);
      if (input.length === 0 || leg.status === "incomplete-message") {
        const [more] = (await once(socket, "data")) as [Buffer];
        input = Buffer.concat([input, more]);
      }
      leg = await client.step(input);
    }
  } catch (error) {
    client.close();
    throw error;
  }
}

describe("a certificate of a PFX, given to Schannel", () => {
  it.each(["user", "memory"] as const)("is what the server is shown, its key kept for the %s", async (keys) => {
    const alice = await makeCertificate("alice");
    using certificate = Certificate.fromPfx(await makePfx(password, alice), password, { keys });
    expect(await served(alice, { certificates: [certificate] })).toEqual({ subject: "alice", protocol: "TLSv1.2" });
  });

  it("stays until the credential is closed, though it was closed itself", async () => {
    const alice = await makeCertificate("alice");
    const certificate = Certificate.fromPfx(await makePfx(password, alice), password);
    const credential = Credential.acquire({
      package: "Schannel",
      use: "outbound",
      schannel: { certificates: [certificate] },
    });
    certificate.close();
    expect(live()).toMatchObject({ credentials: 1, certificates: 1 });
    credential.close();
    expect(live()).toMatchObject({ credentials: 0, certificates: 0 });
  });
});
