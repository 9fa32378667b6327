import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface ConnectProxyOptions {
  readonly scheme?: "Negotiate" | "NTLM";
  /** Whether the proxy hangs up after the first 407, as many proxies do. */
  readonly hangsUp?: boolean;
  /** The bytes that it answers in place of everything else. */
  readonly answer?: string;
  /** The bytes that it sends in front of each response. */
  readonly preface?: string;
}

export interface ConnectProxy extends AsyncDisposable {
  readonly url: string;
  /** The users that it opened tunnels for, and the tunnels' targets. */
  readonly tunnels: readonly { readonly user: string; readonly target: string }[];
  /** How many legs it received, including those without a token. */
  readonly legs: readonly (string | undefined)[];
  readonly connections: number;
}

/** A proxy for CONNECT that asks with 407, and takes the tokens of client-package.ts: one leg of Negotiate's, two of NTLM's. */
export async function connectProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const { scheme = "Negotiate", preface = "" } = options;
  const tunnels: { user: string; target: string }[] = [];
  const legs: (string | undefined)[] = [];
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    connections += 1;
    let nonce: string | undefined;
    let received = "";
    const respond = (status: string, ...fields: readonly string[]) =>
      socket.write([`${preface}HTTP/1.1 ${status}`, ...fields, "Content-Length: 3", "", "no."].join("\r\n"));
    const ask = (text?: string) => {
      const token = text === undefined ? "" : ` ${Buffer.from(text).toString("base64")}`;
      const ends = text === undefined && options.hangsUp && legs.length === 1;
      respond("407 Who", `Proxy-Authenticate: ${scheme}${token}`, ...(ends ? ["Connection: close"] : []));
      if (ends) socket.end();
    };
    const open = (user: string, target: string) => {
      tunnels.push({ user, target });
      socket.off("data", take);
      const onward = connect(Number(target.split(":")[1]), "127.0.0.1");
      sockets.add(onward);
      onward.once("connect", () => {
        socket.write(`${preface}HTTP/1.1 200 Opened\r\n\r\n`);
        socket.pipe(onward).pipe(socket);
      });
      onward.on("error", () => socket.destroy());
    };
    const take = (chunk: Buffer) => {
      received += chunk.toString("latin1");
      if (!received.includes("\r\n\r\n")) return;
      const head = received;
      received = "";
      const [, target = ""] = /^CONNECT (\S+) HTTP/.exec(head) ?? [];
      const [, token] = /\r\nProxy-Authorization: \w+ (\S+)/.exec(head) ?? [];
      const text = token && Buffer.from(token, "base64").toString();
      legs.push(text);
      if (options.answer !== undefined) {
        socket.write(options.answer);
        return;
      }
      const [verb, word = "", user = ""] = text?.split(" ") ?? [];
      const last = nonce;
      nonce = undefined;
      if (verb === "ticket" && !word.startsWith("!")) open(word, target);
      else if (verb === "begin") {
        nonce = String(Math.random()).slice(2);
        ask(`challenge ${nonce}`);
      } else if (verb === "prove" && word === last && !user.startsWith("!")) open(user, target);
      else ask();
    };
    socket.on("data", take).on("error", () => {});
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tunnels,
    legs,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
