import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type Credential, ServerContext, type ServerContextOptions } from "../../src/index.ts";

/** A web server that admits the users whom our server contexts accept: one context per connection. */
export class NegotiateServer implements AsyncDisposable {
  /** The errors of the clients that were refused. */
  readonly refusals: unknown[] = [];
  readonly #contexts = new Map<Socket, ServerContext>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #newContext: () => ServerContext;
  readonly #scheme: string;

  constructor(credential: Credential, scheme: "Negotiate" | "NTLM", options?: ServerContextOptions) {
    this.#newContext = () => new ServerContext(credential, options);
    this.#scheme = scheme;
  }

  async listen(): Promise<string> {
    await once(this.#server.listen(0, "127.0.0.1"), "listening");
    return `http://localhost:${(this.#server.address() as AddressInfo).port}/`;
  }

  async #answer({ headers, socket }: IncomingMessage, response: ServerResponse): Promise<void> {
    const token = headers.authorization?.startsWith(`${this.#scheme} `) && headers.authorization.split(" ")[1];
    if (!token) return void response.writeHead(401, { "WWW-Authenticate": this.#scheme }).end();
    try {
      const leg = await this.#contextOf(socket).step(Buffer.from(token, "base64"));
      const answer = leg.token ? { "WWW-Authenticate": `${this.#scheme} ${leg.token.toString("base64")}` } : {};
      response.writeHead(leg.status === "complete" ? 200 : 401, answer).end(leg.status);
    } catch (error) {
      this.refusals.push(error);
      response.writeHead(401, { Connection: "close" }).end("refused");
    }
  }

  #contextOf(socket: Socket): ServerContext {
    const known = this.#contexts.get(socket);
    if (known) return known;
    const context = this.#newContext();
    this.#contexts.set(socket, context);
    return context;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    for (const context of this.#contexts.values()) context.close();
  }
}
