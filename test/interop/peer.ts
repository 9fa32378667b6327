import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface, type Interface } from "node:readline";
import { inject } from "vitest";
import type { ServiceName } from "../../scripts/lab/health.ts";
import type { Demanded, OnDemandName } from "../../scripts/lab/on-demand.ts";
import type { PeerName } from "../lab/peers.ts";
import { notePeer } from "../report/tested-on.ts";

/** The owner of a peer's program, where the program's name does not say it. */
const packages: Readonly<Record<string, string>> = {
  "bound-server": "python3-gssapi",
  chromium: "chromium-headless-shell",
  gssapi: "python3-gssapi",
  ntlmssp: "gss-ntlmssp",
  xfreerdp2: "freerdp2-x11",
  xfreerdp3: "freerdp3-x11",
  impacket: "python3-impacket",
};

function start(name: PeerName, args: readonly string[]): Socket {
  if (!["lab", "service", "provider"].includes(name)) notePeer(packages[name] ?? name);
  const socket = connect(inject("peers"), "127.0.0.1");
  socket.write(`${JSON.stringify([name, ...args])}\n`);
  return socket;
}

/** The output of a program. Its input is the given text, and stays open after it. */
export async function outputOf(name: PeerName, args: readonly string[], input = ""): Promise<string> {
  const socket = start(name, args);
  if (input !== "") socket.write(input);
  let output = "";
  socket.on("data", (text) => {
    output += text;
  });
  await once(socket, "close");
  return output;
}

/** The output of curl. */
export function curl(...args: readonly string[]): Promise<string> {
  return outputOf("curl", args);
}

/** The output of Chromium without a window. */
export function chromium(...args: readonly string[]): Promise<string> {
  return outputOf("chromium", args);
}

/** The output of OpenSSL. */
export function openssl(...args: readonly string[]): Promise<string> {
  return outputOf("openssl", args);
}

/** OpenSSL's output for its input, byte for byte. */
export async function opensslBytes(input: string, ...args: readonly string[]): Promise<Buffer> {
  const socket = start("openssl", args);
  socket.end(input);
  const parts: Buffer[] = [];
  for await (const part of socket) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

/** The services of the lab that do not run; nothing where all that are asked for run. */
export function labComplaints(services: readonly ServiceName[]): Promise<string> {
  return outputOf("lab", services);
}

/** Asks the lab for a service in addition to those that always run. */
export async function demand<N extends OnDemandName>(name: N): Promise<Demanded<N>> {
  return JSON.parse(await outputOf("service", [name]));
}

/** A TLS web server in Python, which insists on channel bindings of MIT's GSSAPI. */
export interface BoundServer extends AsyncDisposable {
  readonly origin: string;
}

/**
 * Starts one with a certificate and its key as PEM.
 *
 * @param hash what it makes the bindings with, by OpenSSL's name; another one than RFC 5929's makes right clients wrong.
 */
export async function boundServer(pem: string, hash: string): Promise<BoundServer> {
  const socket = start("bound-server", []);
  socket.write(`${JSON.stringify({ pem, hash })}\n`);
  const lines = createInterface({ input: socket });
  const { value, done } = await lines[Symbol.asyncIterator]().next();
  if (done || !/^\d+$/.test(value)) throw new Error(`the web server of Python's did not start: ${value}`);
  return {
    origin: `https://localhost:${value}`,
    async [Symbol.asyncDispose]() {
      lines.close();
      socket.destroy();
    },
  };
}

interface GssapiAnswer {
  readonly token?: string;
  readonly complete?: boolean;
  readonly name?: string;
  /** Of `attribute`: whether the mechanism authenticates it. */
  readonly authenticated?: boolean;
  readonly error?: string;
}

/** MIT's GSSAPI in a process of Python's: one context. `ntlmssp` has gss-ntlmssp's mechanism, and passwords for it; `provider` is this library over GSSAPI. Its tickets are alice's, or those of a cache. */
export class GssapiPeer implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #lines: Interface;
  readonly #answers: AsyncIterator<string>;

  constructor(program: "gssapi" | "ntlmssp" | "provider" = "gssapi", tickets?: string) {
    this.#socket = start(program, tickets === undefined ? [] : [tickets]);
    this.#lines = createInterface({ input: this.#socket });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  /** Runs one command. @throws Error with the text of MIT's library. */
  async ask(command: Readonly<Record<string, unknown>>): Promise<GssapiAnswer> {
    this.#socket.write(`${JSON.stringify(command)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new Error("the GSSAPI peer ended: is python3-gssapi installed?");
    let answer: GssapiAnswer;
    try {
      answer = JSON.parse(value);
    } catch {
      throw new Error(`the GSSAPI peer failed: ${value}`);
    }
    if (answer.error !== undefined) throw new Error(`GSSAPI: ${answer.error}`);
    return answer;
  }

  /** Runs one command that takes bytes and returns bytes. */
  async bytes(command: string, token: Uint8Array, more: Readonly<Record<string, unknown>> = {}): Promise<Buffer> {
    const answer = await this.ask({ command, token: Buffer.from(token).toString("hex"), ...more });
    return Buffer.from(answer.token ?? "", "hex");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lines.close();
    this.#socket.destroy();
  }
}
