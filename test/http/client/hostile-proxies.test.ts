import { once } from "node:events";
import { type AgentOptions, get } from "node:https";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { NegotiateProxyAgent } from "../../../src/http.ts";
import { ClientContext } from "../../../src/index.ts";
import { localhostCertificate, localhostPassword, localhostPfx } from "../../fixtures/localhost-certificate.ts";
import { type RawServer, rawServer } from "../raw-server.ts";
import { dispatching } from "../undici/dispatching.ts";
import { askingServer } from "./asking-server.ts";
import { clientProvider } from "./client-package.ts";
import { connectProxy } from "./connect-proxy.ts";

const tls = { pfx: localhostPfx, passphrase: localhostPassword };
const identity = { user: "alice", password: "secret" };
const asks = "HTTP/1.1 407 Who\r\nProxy-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** The outcome of a request through an agent; `during` is called while the request is under way. */
async function throughAgent(
  url: string,
  { options = {}, origin = "https://server.example", during = async (_: NegotiateProxyAgent) => {} } = {} as {
    readonly options?: AgentOptions;
    readonly origin?: string;
    readonly during?: (agent: NegotiateProxyAgent) => Promise<void>;
  },
): Promise<unknown> {
  using host = clientProvider();
  const agent = new NegotiateProxyAgent({ url, identity, provider: host.provider }, options);
  try {
    const outcome = new Promise((resolve) => {
      get(`${origin}/page`, { agent }, (response) => resolve(response.resume().statusCode)).on("error", resolve);
    });
    await during(agent);
    return await outcome;
  } finally {
    agent.destroy();
  }
}

function urlOf({ port }: RawServer): string {
  return `http://127.0.0.1:${port}`;
}

describe("a proxy that hangs up while the client makes a token for it", () => {
  it.each(["resetAndDestroy", "destroy"] as const)("fails the request, and nothing else: %s", async (hangUp) => {
    let gone: Promise<unknown> = Promise.resolve();
    await using proxy = await rawServer((socket) => {
      gone = once(socket, "close");
      socket.write(asks, () => socket[hangUp]());
    });
    const { step } = ClientContext.prototype;
    vi.spyOn(ClientContext.prototype, "step").mockImplementation(async function (this: ClientContext, ...given) {
      await gone;
      // The least time that a domain controller takes.
      for (let turns = 0; turns < 5; turns += 1) await turn();
      return await step.apply(this, given);
    });
    expect(await throughAgent(urlOf(proxy))).toMatchObject({ reason: "connection-lost" });
  });
});

describe("a proxy that falls silent", () => {
  it("is given up after 30 seconds", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    let asked = (): void => {};
    const silent = new Promise<void>((resolve) => {
      asked = resolve;
    });
    await using proxy = await rawServer(() => asked());
    const during = async (): Promise<void> => {
      await silent;
      vi.advanceTimersByTime(30_000);
    };
    expect(await throughAgent(urlOf(proxy), { during })).toMatchObject({ reason: "timeout" });
  });

  it.each(["without a word", "after a leg"])("%s keeps neither a destroyed agent nor its context", async (when) => {
    let legs = 0;
    let last = (): void => {};
    const reached = new Promise<void>((resolve) => {
      last = resolve;
    });
    await using proxy = await rawServer((socket) => {
      legs += 1;
      if (when === "after a leg" && legs === 1) socket.write(asks);
      else last();
    });
    const during = async (agent: NegotiateProxyAgent): Promise<void> => {
      await reached;
      agent.destroy();
    };
    expect(await throughAgent(urlOf(proxy), { during })).toMatchObject({ code: "SSPI_DISPOSED" });
  });

  it("keeps neither a destroyed dispatcher nor its context", async () => {
    let last = (): void => {};
    const reached = new Promise<void>((resolve) => {
      last = resolve;
    });
    await using proxy = await rawServer((socket, head) => (/\r\nProxy-Auth/.test(head) ? last() : socket.write(asks)));
    using host = clientProvider();
    await using client = dispatching("alice", {
      origins: [],
      proxy: { url: urlOf(proxy), identity, provider: host.provider },
    });
    const lost = expect(client.get("https://server.example")).rejects.toMatchObject({ cause: { message: "enough" } });
    await reached;
    await client.dispatcher.destroy(new Error("enough"));
    await lost;
  });
});

describe("options of TLS that node:tls refuses", () => {
  const wrong = { minVersion: "TLSv9" as "TLSv1.3" };
  const refused = { code: "ERR_TLS_INVALID_PROTOCOL_VERSION" };

  it("are the error of a request through an agent, whose tunnel is closed", async () => {
    await using server = await askingServer({ tls });
    await using proxy = await connectProxy();
    expect(await throughAgent(proxy.url, { options: wrong, origin: server.origin })).toMatchObject(refused);
    expect(proxy.tunnels).toHaveLength(1);
  });

  it("are the error of a request through a dispatcher with a proxy", async () => {
    await using server = await askingServer({ tls });
    await using proxy = await connectProxy();
    using host = clientProvider();
    await using client = dispatching("alice", {
      origins: [server.origin],
      proxy: { url: proxy.url, identity, provider: host.provider },
      tls: wrong,
    });
    await expect(client.get(server.origin)).rejects.toMatchObject({ cause: refused });
    await client.dispatcher.destroy();
  });
});

describe("a proxy's responses", () => {
  it("may follow informational ones", async () => {
    await using server = await askingServer({ tls });
    await using proxy = await connectProxy({ preface: "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n" });
    const options = { ca: localhostCertificate };
    expect(await throughAgent(proxy.url, { options, origin: server.origin })).toBe(401);
    expect(proxy.tunnels).toMatchObject([{ user: "alice" }]);
  });

  it("do not change the protocol", async () => {
    await using proxy = await rawServer((socket) => socket.write("HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"));
    expect(await throughAgent(urlOf(proxy))).toMatchObject({ reason: "proxy-refused", status: 101 });
  });

  it.each(["Content-Length: 0x2", "Content-Length: 2\r\nContent-Length: 0", "Content-Length: +2", "Content-Length: "])(
    "of a length with two readings end their connection: %j",
    async (length) => {
      const head = `HTTP/1.1 407 Who\r\nProxy-Authenticate: Negotiate\r\n${length}\r\n\r\n`;
      await using proxy = await rawServer((socket) => socket.write(`${head}no`));
      expect(await throughAgent(urlOf(proxy))).toMatchObject({ reason: "proxy-refused", status: 407 });
      expect(proxy.connections).toBe(2);
    },
  );
});
