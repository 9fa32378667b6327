import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { seal, unseal } from "../../examples/winrm.ts";
import { type Credential, ServerContext, SspiError } from "../../src/index.ts";

/** The part of WinRM's server that CredSSP needs: a context for each connection, tokens in headers, sealed messages. */
export class WinrmServer implements AsyncDisposable {
  /** The tokens of each side, in the order of their arrival. */
  readonly tokens: Buffer[] = [];
  /** The reason why a leg or a call failed. */
  readonly refusals: unknown[] = [];
  /** The requests, and the users that sent them. */
  readonly calls: { readonly name: string; readonly envelope: string }[] = [];
  readonly #server: Server;
  readonly #contexts = new Map<Socket, ServerContext>();
  readonly #credential: Credential;

  private constructor(credential: Credential) {
    this.#credential = credential;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        this.refusals.push(error);
        response.writeHead(500).end();
      });
    });
  }

  static async listen(credential: Credential): Promise<WinrmServer> {
    const server = new WinrmServer(credential);
    await once(server.#server.listen(0, "127.0.0.1"), "listening");
    return server;
  }

  get url(): URL {
    return new URL(`http://localhost:${(this.#server.address() as AddressInfo).port}/wsman`);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const context = this.#contextOf(request.socket);
    const token = /^CredSSP (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (token) await this.#step(context, Buffer.from(token, "base64"), response);
    else if (context.complete) this.#call(context, Buffer.concat(parts), response);
    else response.writeHead(401, { "WWW-Authenticate": "CredSSP" }).end();
  }

  #contextOf(socket: Socket): ServerContext {
    const known = this.#contexts.get(socket);
    if (known) return known;
    const context = new ServerContext(this.#credential, { require: ["confidentiality", "stream"] });
    this.#contexts.set(socket, context);
    socket.once("close", () => context.close());
    return context;
  }

  async #step(context: ServerContext, token: Buffer, response: ServerResponse): Promise<void> {
    this.tokens.push(token);
    try {
      const leg = await context.step(token);
      if (leg.status === "complete") return void response.writeHead(200).end();
      this.#challenge(leg.token, response);
    } catch (error) {
      this.refusals.push(error);
      this.#challenge(error instanceof SspiError ? error.token : undefined, response);
    }
  }

  #challenge(token: Uint8Array | undefined, response: ServerResponse): void {
    const text = Buffer.from(token ?? []).toString("base64");
    if (token) this.tokens.push(Buffer.from(token));
    response.writeHead(401, { "WWW-Authenticate": `CredSSP ${text}` }).end();
  }

  #call(context: ServerContext, body: Buffer, response: ServerResponse): void {
    const opened = context.decryptStream(unseal(body));
    if (opened.status !== "data") throw new Error(`the message is ${opened.status}`);
    const { name } = context.peer();
    this.calls.push({ name, envelope: opened.data.toString() });
    const answer = `<hello>${name}</hello>`;
    const { cbTrailer } = context.query("streamSizes");
    response.writeHead(200).end(seal(context.encrypt(Buffer.from(answer)), cbTrailer, answer.length));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
    for (const context of this.#contexts.values()) context.close();
  }
}
