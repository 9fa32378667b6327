import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

export interface RawResponse {
  readonly status: number;
  /** By name in lower case; several of one name are joined with commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One connection to a web server, on which a test writes any bytes. */
export class RawConnection implements Disposable {
  readonly socket: Socket;
  #received = "";
  #wake: () => void = () => {};
  #ended = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding("latin1").on("data", (text: string) => {
      this.#received += text;
      this.#wake();
    });
    for (const event of ["end", "close", "error"])
      socket.on(event, () => {
        this.#ended = true;
        this.#wake();
      });
  }

  static async open(port: number, { tls = false, servername = "" } = {}): Promise<RawConnection> {
    const options = { port, host: "127.0.0.1", ...(servername && { servername }) };
    const socket = tls ? connectTls({ ...options, rejectUnauthorized: false }) : connectTcp(options);
    await once(socket, tls ? "secureConnect" : "connect");
    return new RawConnection(socket);
  }

  /** Whether the server has ended the connection. */
  get ended(): boolean {
    return this.#ended;
  }

  async untilEnded(): Promise<void> {
    while (!this.#ended) await this.#more();
  }

  write(head: string, fields: readonly string[] = [], body = ""): void {
    const length = body === "" ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
    this.socket.write(`${[`${head} HTTP/1.1`, "Host: localhost", ...length, ...fields].join("\r\n")}\r\n\r\n${body}`);
  }

  /** A request with a token, as `Authorization: SCHEME TOKEN`. */
  async get(token?: string, fields: readonly string[] = [], scheme = "Negotiate"): Promise<RawResponse> {
    this.write("GET /", [...(token === undefined ? [] : [authorization(token, scheme)]), ...fields]);
    return await this.read();
  }

  /** The next response. @throws Error where the server hangs up instead. */
  async read(): Promise<RawResponse> {
    for (;;) {
      const found = /^HTTP\/1\.1 (\d+)[^\r]*\r\n(.*?)\r\n\r\n/s.exec(this.#received);
      const [head = "", status = "", fields = ""] = found ?? [];
      const headers: Record<string, string> = {};
      for (const field of fields.split("\r\n")) {
        const [, name = "", value = ""] = /^([^:]+): ?(.*)$/.exec(field) ?? [];
        const key = name.toLowerCase();
        headers[key] = key in headers ? `${headers[key]}, ${value}` : value;
      }
      const length = Number(headers["content-length"] ?? 0);
      if (found && this.#received.length >= head.length + length) {
        const body = this.#received.slice(head.length, head.length + length);
        this.#received = this.#received.slice(head.length + length);
        return { status: Number(status), headers, body };
      }
      if (this.#ended) throw new Error(`the server hung up after ${JSON.stringify(this.#received)}`);
      await this.#more();
    }
  }

  async #more(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}

export function authorization(token: string, scheme = "Negotiate"): string {
  return `Authorization: ${scheme} ${Buffer.from(token).toString("base64")}`;
}

/** The text of the server's token; undefined where there is none. */
export function tokenOf({ headers }: RawResponse): string | undefined {
  const [, token] = /^\w+ (\S+)$/.exec(headers["www-authenticate"] ?? "") ?? [];
  return token && Buffer.from(token, "base64").toString();
}
