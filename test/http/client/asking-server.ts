import { once } from "node:events";
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { SecureContextOptions } from "node:tls";

export interface AskingServerOptions {
  readonly schemes?: readonly string[];
  readonly tls?: SecureContextOptions;
  /** Whether each request has to authenticate. */
  readonly perRequest?: boolean;
  /** Whether the server closes the connection with its first 401, as many servers do. */
  readonly hangsUp?: boolean;
  /** The text of the server's last token; undefined for none. By default it is the correct token. */
  readonly lastToken?: (user: string) => string | undefined;
  /** The fields of a response that admits a user. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Further work of the server; returns true where it has answered. */
  readonly handler?: (seen: SeenRequest, request: IncomingMessage, response: ServerResponse) => boolean;
}

/** A request, as a server received it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  /** The token's text, with its scheme in front; undefined where the request had none. */
  readonly authorization: string | undefined;
  readonly body: string;
  /** Connections are numbered. */
  readonly connection: number;
  /** The user that the server takes the client for. */
  user: string | undefined;
}

export interface AskingServer extends AsyncDisposable {
  readonly origin: string;
  readonly port: number;
  readonly seen: readonly SeenRequest[];
  /** How many connections were opened. */
  readonly connections: number;
}

interface Known {
  readonly connection: number;
  user: string | undefined;
  nonce: string | undefined;
}

/**
 * The server for client-package.ts: a web server that asks who the client is, and records everything that it receives.
 */
export async function askingServer(options: AskingServerOptions = {}): Promise<AskingServer> {
  const { schemes = ["Negotiate"] } = options;
  const seen: SeenRequest[] = [];
  const known = new WeakMap<Socket, Known>();
  let connections = 0;
  const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let state = known.get(request.socket);
    if (!state) {
      connections += 1;
      state = { connection: connections, user: undefined, nonce: undefined };
      known.set(request.socket, state);
    }
    const body: Buffer[] = [];
    try {
      for await (const part of request) body.push(part);
    } catch {
      return;
    }
    const authorization = textOf(request.headers.authorization);
    const last = authorization === undefined ? undefined : takeToken(state, authorization);
    if (authorization === undefined && options.perRequest) state.user = undefined;
    const { method = "", url = "" } = request;
    const one = { method, url, authorization, body: Buffer.concat(body).toString(), ...state };
    seen.push(one);
    const scheme = authorization?.split(" ")[0];
    const proof = state.user && last !== undefined ? (options.lastToken ?? welcome)(state.user) : undefined;
    if (proof && scheme === "Negotiate") response.setHeader("WWW-Authenticate", `Negotiate ${encoded(proof)}`);
    if (options.handler?.(one, request, response)) return;
    if (state.user === undefined) {
      if (options.hangsUp && authorization === undefined) response.setHeader("Connection", "close");
      response.setHeader("WWW-Authenticate", last ? [`${scheme} ${encoded(last)}`] : [...schemes]);
      response.writeHead(401).end("who are you?");
      return;
    }
    for (const [name, value] of Object.entries(options.fields ?? {})) response.setHeader(name, value);
    if (request.headers["x-close"]) response.setHeader("Connection", "close");
    response.end(`hello ${state.user}: ${one.body.length}`);
  };
  const server = options.tls ? createHttps(options.tls, listener) : createHttp(listener);
  server.keepAliveTimeout = 60_000;
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${options.tls ? "https" : "http"}://localhost:${port}`,
    port,
    seen,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The text of the server's next token; undefined where it has none, `""` where it admits the client. */
function takeToken(state: Known, authorization: string): string | undefined {
  const [scheme, verb, word = "", other] = authorization.split(" ");
  const letIn = (user: string): string | undefined => {
    state.user = user.startsWith("!") ? undefined : user;
    return state.user && "";
  };
  state.user = undefined;
  const { nonce } = state;
  state.nonce = undefined;
  if (scheme === "Negotiate" && verb === "ticket") return letIn(word);
  if (scheme === "NTLM" && verb === "begin") {
    state.nonce = String(Math.random()).slice(2);
    return `challenge ${state.nonce}`;
  }
  if (scheme === "NTLM" && verb === "prove" && word === nonce) return letIn(other ?? "");
  return undefined;
}

function textOf(header: string | undefined): string | undefined {
  const [scheme = "", token = ""] = header?.split(" ") ?? [];
  if (header === undefined || scheme === "Basic" || scheme === "Bearer") return header;
  return `${scheme} ${Buffer.from(token, "base64").toString()}`;
}

function welcome(user: string): string {
  return `welcome ${user}`;
}

function encoded(text: string): string {
  return Buffer.from(text).toString("base64");
}
