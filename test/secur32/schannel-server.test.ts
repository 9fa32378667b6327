import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { connect } from "node:tls";
import { describe, expect, it } from "vitest";
import { Certificate, Credential, SecureStream } from "../../src/index.ts";
import { localhostPassword, localhostPfx } from "../fixtures/localhost-certificate.ts";
import { closed, failureOf, received } from "../streams/record-streams.ts";
import { schannelServes } from "./loopback.ts";

describe("a secure stream of Schannel's server and Node's TLS client", () => {
  it(schannelServes ? "carries a question and an answer" : "is not to be had from Wine 8, which says so", async () => {
    using certificate = Certificate.fromPfx(localhostPfx, localhostPassword);
    using credential = Credential.acquireSync({
      package: "Schannel",
      use: "inbound",
      schannel: { certificates: [certificate] },
    });
    const server = createServer();
    await once(server.listen(0, "127.0.0.1"), "listening");
    const accepted = once(server, "connection") as Promise<[Socket]>;
    const port = (server.address() as AddressInfo).port;
    const client = connect({ port, host: "127.0.0.1", servername: "localhost", rejectUnauthorized: false });
    client.on("error", () => {});
    const [socket] = await accepted;
    const stream = SecureStream.accept(socket, credential);
    if (!schannelServes) {
      expect(await failureOf(stream)).toMatchObject({ code: "SEC_E_UNSUPPORTED_FUNCTION" });
      client.destroy();
    } else {
      const answer = received(client);
      client.write("a question");
      const [question] = await once(stream, "data");
      expect(String(question)).toBe("a question");
      stream.end("an answer");
      expect((await answer).toString()).toBe("an answer");
      expect(client.getPeerCertificate().subject).toEqual({ CN: "localhost" });
      client.end();
    }
    await closed(stream);
    server.close();
  });
});
