import { once } from "node:events";
import { type ClientHttp2Session, connect, constants, createSecureServer, type Http2SecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { HttpAuthenticator } from "../../../src/http.ts";
import { localhostPassword, localhostPfx } from "../../fixtures/localhost-certificate.ts";
import { httpProvider } from "./http-package.ts";
import { RawConnection } from "./raw-connection.ts";

/** The code that a stream is reset with; undefined where it is answered. */
async function resetCode(session: ClientHttp2Session, headers: Readonly<Record<string, string>>): Promise<number> {
  const stream = session.request({ ":path": "/", ...headers });
  stream.on("error", () => {}).resume();
  // once() would reject with the error of the reset.
  await new Promise((resolve) => stream.once("close", resolve));
  return stream.rstCode;
}

describe("a server that speaks HTTP/2 too", () => {
  it("S22 a stream is reset with HTTP_1_1_REQUIRED whatever it brings, and HTTP/1.1 still works", async () => {
    using host = httpProvider();
    using authenticator = new HttpAuthenticator({
      schemes: ["Negotiate"],
      persist: "connection",
      credential: { provider: host.provider },
    });
    const tls = { pfx: localhostPfx, passphrase: localhostPassword, allowHTTP1: true };
    const greet = authenticator.guard((_, response, user) => response.end(user.name));
    const server: Http2SecureServer = createSecureServer(tls, greet as never);
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
    const authorization = `Negotiate ${Buffer.from("ticket alice").toString("base64")}`;
    expect(await resetCode(session, {})).toBe(constants.NGHTTP2_HTTP_1_1_REQUIRED);
    expect(await resetCode(session, { authorization })).toBe(constants.NGHTTP2_HTTP_1_1_REQUIRED);
    session.destroy();
    using client = await RawConnection.open(port, { tls: true });
    expect((await client.get("ticket alice")).status).toBe(200);
    expect((await client.get()).status).toBe(200);
    server.close();
  });
});
