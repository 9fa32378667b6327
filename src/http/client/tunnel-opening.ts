import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { HttpAuthenticationError } from "../http-authentication-error.ts";
import { chosenScheme, Logon } from "./logon.ts";
import type { LogonCredentials } from "./logon-credentials.ts";
import type { ProxyPolicy } from "./proxy-options.ts";
import { type ResponseHead, readResponse } from "./response-head.ts";

/** A proxy, with the credentials of the user who goes through it. */
export interface ProxyAccess {
  readonly policy: ProxyPolicy;
  readonly credentials: LogonCredentials;
}

/**
 * Opens one connection to `host:port` through a proxy with CONNECT, in as many legs as the proxy asks for (407). It
 * writes HTTP by hand: node:http and undici end the protocol after any response to a CONNECT, so neither can send a
 * second leg.
 */
export class TunnelOpening {
  /** @throws HttpAuthenticationError if the proxy does not let the client through. */
  readonly socket: Promise<Socket>;
  readonly #access: ProxyAccess;
  readonly #target: string;
  #connection: Socket | undefined;
  #logon: Logon | undefined;
  #over: Error | undefined;
  #reject: (error: Error) => void = () => {};

  constructor(access: ProxyAccess, target: string) {
    this.#access = access;
    this.#target = target;
    this.socket = new Promise((resolve, reject) => {
      this.#reject = reject;
      this.#run().then(resolve, reject);
    });
  }

  /** Fails at once, even while a domain controller does not answer. */
  end(error: Error): void {
    this.#over = error;
    this.#connection?.destroy(error);
    this.#logon?.close();
    this.#reject(error);
  }

  async #run(): Promise<Socket> {
    try {
      return await this.#open();
    } catch (error) {
      this.#connection?.destroy();
      throw error;
    } finally {
      this.#logon?.close();
    }
  }

  async #open(): Promise<Socket> {
    let socket = await this.#connect();
    let authorization: string | undefined;
    for (let reopened = false; ; ) {
      const { status, fields, ends } = await this.#ask(socket, authorization);
      const challenge = fields.get("proxy-authenticate");
      if (status >= 200 && status < 300) {
        this.#logon?.finish(challenge);
        return socket;
      }
      if (status !== 407) throw new HttpAuthenticationError("proxy-refused", { status });
      if (ends) {
        // Many proxies close the connection after the first 407; a handshake in progress cannot continue on another
        // connection.
        if (this.#logon || reopened) throw new HttpAuthenticationError("proxy-refused", { status });
        reopened = true;
        socket.destroy();
        socket = await this.#connect();
      }
      authorization = await this.#answer(socket, challenge ?? []);
      if (this.#over) throw this.#over;
    }
  }

  async #answer(socket: Socket, challenge: readonly string[]): Promise<string> {
    const { policy, credentials } = this.#access;
    const begun = this.#logon;
    const scheme = begun ? begun.scheme : chosenScheme(policy.logon, challenge);
    if (!scheme || (begun && !begun.continues(challenge)))
      throw new HttpAuthenticationError("proxy-refused", { status: 407 });
    const { logon, url } = policy;
    this.#logon ??= await Logon.begin({ policy: logon, credentials, scheme, url, socket, delegate: false });
    return await this.#logon.answer(begun && challenge);
  }

  async #ask(socket: Socket, authorization: string | undefined): Promise<ResponseHead> {
    const given = authorization === undefined ? [] : [`Proxy-Authorization: ${authorization}`];
    const lines = [`CONNECT ${this.#target} HTTP/1.1`, `Host: ${this.#target}`, ...given, "", ""];
    socket.write(lines.join("\r\n"));
    for (;;) {
      const head = await readResponse(socket);
      // Interim responses are ignored here, except 101, which says that the protocol has changed.
      if (head.status >= 200 || head.status === 101) return head;
    }
  }

  #connect(): Promise<Socket> {
    const { url, tls } = this.#access.policy;
    const secure = url.protocol === "https:";
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const port = Number(url.port || (secure ? 443 : 80));
    const name = isIP(host) ? {} : { servername: host };
    const socket = secure ? connectTls({ ...name, ...tls, host, port }) : connectTcp({ host, port });
    this.#connection = socket;
    // Nobody reads the socket while a token is made: an error without a listener would end the process.
    socket.on("error", () => {});
    return new Promise((resolve, reject) => {
      socket.once(secure ? "secureConnect" : "connect", () => {
        socket.off("error", reject);
        resolve(socket.setNoDelay(true));
      });
      socket.once("error", reject);
    });
  }
}
