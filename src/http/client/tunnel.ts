import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { HttpAuthenticationError } from "../http-authentication-error.ts";
import { chosenScheme, Logon } from "./logon.ts";
import type { LogonCredentials } from "./logon-credentials.ts";
import type { ProxyPolicy } from "./proxy-options.ts";
import { readResponse } from "./response-head.ts";

/** How long it may take until the proxy has opened a tunnel, in milliseconds. */
const patience = 30_000;

/** A proxy, with the credentials of whoever goes through it. */
export interface ProxyAccess {
  readonly policy: ProxyPolicy;
  readonly credentials: LogonCredentials;
}

/**
 * A connection to `host:port` through a proxy, opened with CONNECT, and with as many legs as the proxy asks for (407).
 * By hand: for node:http and for undici every response to a CONNECT ends the protocol, so neither takes a second leg.
 *
 * @throws HttpAuthenticationError where the proxy does not let the client through.
 */
export async function openTunnel(access: ProxyAccess, target: string): Promise<Socket> {
  const opening = new TunnelOpening(access, target);
  const timer = setTimeout(() => opening.giveUp(), patience);
  try {
    return await opening.run();
  } finally {
    clearTimeout(timer);
  }
}

class TunnelOpening {
  readonly #access: ProxyAccess;
  readonly #target: string;
  #socket: Socket | undefined;
  #logon: Logon | undefined;
  #tooLate = false;

  constructor(access: ProxyAccess, target: string) {
    this.#access = access;
    this.#target = target;
  }

  async run(): Promise<Socket> {
    try {
      return await this.#open();
    } catch (error) {
      this.#socket?.destroy();
      throw this.#tooLate ? new HttpAuthenticationError("timeout", { cause: error }) : error;
    } finally {
      this.#logon?.close();
    }
  }

  giveUp(): void {
    this.#tooLate = true;
    this.#socket?.destroy(new Error("the proxy did not open the tunnel in time"));
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
        // Many proxies hang up after the first 407; in the middle of a handshake nothing could go on elsewhere.
        if (this.#logon || reopened) throw new HttpAuthenticationError("proxy-refused", { status });
        reopened = true;
        socket.destroy();
        socket = await this.#connect();
      }
      authorization = await this.#answer(socket, challenge ?? []);
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

  #ask(socket: Socket, authorization: string | undefined): ReturnType<typeof readResponse> {
    const given = authorization === undefined ? [] : [`Proxy-Authorization: ${authorization}`];
    const lines = [`CONNECT ${this.#target} HTTP/1.1`, `Host: ${this.#target}`, ...given, "", ""];
    socket.write(lines.join("\r\n"));
    return readResponse(socket);
  }

  #connect(): Promise<Socket> {
    const { url, tls } = this.#access.policy;
    const secure = url.protocol === "https:";
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const port = Number(url.port || (secure ? 443 : 80));
    const name = isIP(host) ? {} : { servername: host };
    const socket = secure ? connectTls({ ...name, ...tls, host, port }) : connectTcp({ host, port });
    this.#socket = socket;
    return new Promise((resolve, reject) => {
      socket.once(secure ? "secureConnect" : "connect", () => {
        socket.off("error", reject);
        resolve(socket.setNoDelay(true));
      });
      socket.once("error", reject);
    });
  }
}
