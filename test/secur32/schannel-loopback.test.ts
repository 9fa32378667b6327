import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  Certificate,
  type ClientContext,
  Credential,
  type SchannelOptions,
  SecureStream,
  type ServerContext,
} from "../../src/index.ts";
import { localhostPassword, localhostPfx } from "../fixtures/localhost-certificate.ts";
import { closed, failureOf, received } from "../streams/record-streams.ts";
import { schannelServes, wine } from "./loopback.ts";

interface Ends {
  readonly client: SecureStream<ClientContext>;
  readonly server: SecureStream<ServerContext>;
}

/** Schannel's client and Schannel's server, in this process, over a socket. */
async function ends(certificate: Certificate, client: SchannelOptions, target = "localhost"): Promise<Ends> {
  const server = createServer({ allowHalfOpen: true });
  onTestFinished(() => void server.close());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const connection = once(server, "connection") as Promise<[Socket]>;
  const socket = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true });
  const [accepted] = await connection;
  using inbound = Credential.acquireSync({
    package: "Schannel",
    use: "inbound",
    schannel: { certificates: [certificate] },
  });
  using outbound = Credential.acquireSync({ package: "Schannel", use: "outbound", schannel: client });
  return {
    server: SecureStream.accept(accepted, inbound),
    client: SecureStream.connect(socket, outbound, { target }),
  };
}

/** No authority issued the certificate, so the test compares it itself. */
const manual = { flags: ["credManualCredValidation"] } as const;

/** Under Wine 8 the server's leg is unsupported, and the client sees its connection end. */
async function refusedByWine({ client, server }: Ends): Promise<void> {
  expect(await Promise.all([failureOf(server), failureOf(client)])).toMatchObject([
    { code: "SEC_E_UNSUPPORTED_FUNCTION", operation: "AcceptSecurityContext" },
    { name: "SecureStreamError" },
  ]);
  await closed(client, server);
}

describe("Schannel's client and Schannel's server, with a certificate that vouches for itself", () => {
  it(schannelServes ? "carry 200 KB each way and close in an orderly way" : "do not meet under Wine 8", async () => {
    using certificate = Certificate.fromPfx(localhostPfx, localhostPassword);
    const both = await ends(certificate, manual);
    if (!schannelServes) return await refusedByWine(both);
    const { client, server } = both;
    await once(client, "secure");
    expect(client.getPeerX509Certificate()?.raw).toEqual(Buffer.from(certificate.der));
    const [there, back] = [Buffer.alloc(200_000, "there "), Buffer.alloc(200_000, "back ")];
    const [got, answered] = [received(server), received(client)];
    client.end(there);
    server.end(back);
    expect([(await got).equals(there), (await answered).equals(back)]).toEqual([true, true]);
    await closed(client, server);
    expect([client.errored, server.errored]).toEqual([null, null]);
  });

  // Wine's client accepts every certificate.
  it(
    wine
      ? "have nobody asked whether it is to be trusted under Wine"
      : "do not agree where somebody has to vouch for it",
    async () => {
      using certificate = Certificate.fromPfx(localhostPfx, localhostPassword);
      const both = await ends(certificate, {});
      if (!schannelServes) return await refusedByWine(both);
      const { client, server } = both;
      server.on("error", () => {});
      if (wine) await once(client, "secure");
      else expect(await failureOf(client)).toMatchObject({ code: "SEC_E_UNTRUSTED_ROOT" });
      client.destroy();
      server.destroy();
      await closed(client, server);
    },
  );
});
