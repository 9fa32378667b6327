import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { connect } from "node:tls";
import { describe, expect, it } from "vitest";
import { Certificate, Credential, SecureStream } from "../../src/index.ts";
import { localhostPassword, localhostPfx } from "../fixtures/localhost-certificate.ts";
import { closed, failureOf, received } from "../streams/record-streams.ts";
import { wine } from "./loopback.ts";

describe("a secure stream of Schannel's server and Node's TLS client", () => {
  it(wine ? "is not to be had from Wine, which says so" : "carries a question and an answer", async () => {
    using certificate = Certificate.fromPfx(localhostPfx, localhostPassword);
    using credential = Credential.acquire({
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
    if (wine) {
      expect(await failureOf(stream)).toMatchObject({ code: "SEC_E_UNSUPPORTED_FUNCTION" });
      client.destroy();
    } else {
      const question = received(stream);
      client.end("a question");
      expect((await question).toString()).toBe("a question");
      client.resume();
    }
    await closed(stream);
    server.close();
  });
});
