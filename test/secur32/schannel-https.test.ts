import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { get } from "../../examples/https-get.ts";
import { live } from "../../src/index.ts";
import { nothingLive } from "../nothing-live.ts";
import { certificateOf } from "./tls-peer.ts";

/** Node's HTTPS server, with a certificate for `name`. */
async function served<T>(name: string, work: (url: URL) => Promise<T>): Promise<T> {
  const { key, certificate: cert } = await certificateOf(name);
  const answer = "a page ".repeat(50_000);
  const server = createServer({ key, cert, maxVersion: "TLSv1.2" }, (request, response) => {
    response.setHeader("x-path", request.url ?? "");
    response.end(answer);
  });
  server.on("tlsClientError", () => {});
  await once(server.listen(0, "127.0.0.1"), "listening");
  try {
    return await work(new URL(`https://localhost:${(server.address() as AddressInfo).port}/page`));
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

describe("examples/https-get.ts", () => {
  it("gets a page from Node's HTTPS server", async () => {
    const page = await served("localhost", (url) => get(url));
    expect(page).toEqual({ status: 200, body: "a page ".repeat(50_000), server: "CN=localhost" });
    // The stream may be closed while its last native call, off the event loop, still uses the context.
    await expect.poll(live).toEqual(nothingLive);
  });

  it("refuses a server whose certificate has another name", async () => {
    await expect(served("other.example", (url) => get(url))).rejects.toThrow("CN=other.example, not for localhost");
  });
});
