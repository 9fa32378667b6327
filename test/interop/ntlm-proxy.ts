import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { GssapiPeer } from "./peer.ts";

export interface NtlmProxy extends AsyncDisposable {
  readonly url: string;
  /** The users that it opened tunnels for. */
  readonly users: readonly string[];
  /** The statuses of its responses. */
  readonly statuses: readonly number[];
}

/** A proxy for CONNECT whose clients gss-ntlmssp accepts: the first request has no token, the next two have one each. */
export async function ntlmProxy(): Promise<NtlmProxy> {
  const [users, statuses]: [string[], number[]] = [[], []];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    void serve(socket, { users, statuses, sockets });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    users,
    statuses,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

interface Notes {
  readonly users: string[];
  readonly statuses: number[];
  readonly sockets: Set<Socket>;
}

async function serve(socket: Socket, { users, statuses, sockets }: Notes): Promise<void> {
  await using peer = new GssapiPeer("ntlmssp");
  const refuse = (challenge: string): void => {
    statuses.push(407);
    socket.write(`HTTP/1.1 407 Who\r\nProxy-Authenticate: ${challenge}\r\nContent-Length: 12\r\n\r\nwho are you?`);
  };
  let begun = false;
  for await (const head of headsOf(socket)) {
    const [, port] = /^CONNECT [^ :]+:(\d+) HTTP\/1\.1\r\n/.exec(head) ?? [];
    const [, token] = /\r\nProxy-Authorization: NTLM (\S+)\r\n/.exec(head) ?? [];
    if (token === undefined) {
      refuse("NTLM");
      continue;
    }
    try {
      if (!begun) await peer.ask({ command: "accept", mechanism: "ntlmssp" });
      begun = true;
      const answer = await peer.ask({ command: "step", token: Buffer.from(token, "base64").toString("hex") });
      if (!answer.complete) {
        refuse(`NTLM ${Buffer.from(answer.token ?? "", "hex").toString("base64")}`);
        continue;
      }
    } catch {
      begun = false;
      refuse("NTLM");
      continue;
    }
    users.push((await peer.ask({ command: "name" })).name ?? "");
    const onward = connect(Number(port), "127.0.0.1");
    sockets.add(onward.on("error", () => socket.destroy()));
    await once(onward, "connect");
    statuses.push(200);
    socket.write("HTTP/1.1 200 Opened\r\n\r\n");
    socket.pipe(onward).pipe(socket);
    return;
  }
}

/** The requests of a connection, one after the other; none has a body. */
async function* headsOf(socket: Socket): AsyncGenerator<string> {
  let received = "";
  let wake = (): void => {};
  const take = (chunk: Buffer): void => {
    received += chunk.toString("latin1");
    wake();
  };
  const end = (): void => wake();
  socket.on("data", take).on("close", end);
  try {
    while (!socket.destroyed) {
      const at = received.indexOf("\r\n\r\n");
      if (at < 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const head = received.slice(0, at + 2);
      received = received.slice(at + 4);
      yield head;
    }
  } finally {
    socket.off("data", take).off("close", end);
  }
}
