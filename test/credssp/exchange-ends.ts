import { ClientExchange } from "../../src/credssp/client-exchange.ts";
import { CredsspError } from "../../src/credssp/credssp-error.ts";
import type { Answer, InnerChannel, InnerLeg, Running } from "../../src/credssp/exchange.ts";
import { ServerExchange } from "../../src/credssp/server-exchange.ts";
import { passwordBytes } from "../../src/credssp/ts-credentials.ts";

export const key = Buffer.from("the server's key, whatever kind it is");

/** Seals with a number and a direction, which is enough to detect another message's seal. */
export class ScriptedChannel implements InnerChannel {
  readonly #own: string;
  readonly #peer: string;
  #sent = 0;
  #received = 0;

  constructor(side: "client" | "server") {
    this.#own = side;
    this.#peer = side === "client" ? "server" : "client";
  }

  seal(message: Buffer): Buffer {
    this.#sent += 1;
    return masked(message, `${this.#own} ${this.#sent}`);
  }

  open(message: Uint8Array): Buffer {
    this.#received += 1;
    return masked(message, `${this.#peer} ${this.#received}`);
  }
}

/** Applying it twice restores the input. */
function masked(message: Uint8Array, by: string): Buffer {
  const mask = Buffer.from(by);
  return Buffer.from(message.map((byte, at) => byte ^ (mask[at % mask.length] as number) ^ 0x5a));
}

const token = (text: string): Buffer => Buffer.from(text);
/** The legs of a logon like NTLM's. */
export const clientLegs = (): InnerLeg[] => [
  { complete: false, token: token("negotiate") },
  { complete: true, token: token("authenticate") },
];
export const serverLegs = (): InnerLeg[] => [
  { complete: false, token: token("challenge") },
  { complete: true, token: undefined },
];

export interface Turn<T> {
  readonly request?: Buffer | undefined;
  readonly value?: T;
}

/** Gives a side the peer's message, and returns its next message or its result. */
export function player<T>(running: Running<T>, legs: InnerLeg[]): (message?: Buffer) => Turn<T> {
  return (message) => {
    let step = running.next(message as Answer);
    while (!step.done && step.value.ask === "leg") step = running.next(legs.shift() as InnerLeg);
    if (step.done) return { value: step.value };
    return { request: step.value.ask === "peer" ? step.value.request : undefined };
  };
}

export interface Settings {
  readonly version?: number;
  readonly minimumVersion?: number;
  readonly key?: Buffer;
}

export function clientExchange({ version = 6, minimumVersion = 2, key: of = key }: Settings = {}): ClientExchange {
  const credentials = () => ({ domain: "EXAMPLE", user: "alice", password: passwordBytes("userpw") });
  return new ClientExchange({ version, minimumVersion, key: of, inner: new ScriptedChannel("client"), credentials });
}

export function serverExchange({ version = 6, minimumVersion = 2, key: of = key }: Settings = {}): ServerExchange {
  return new ServerExchange({ version, minimumVersion, key: of, inner: new ScriptedChannel("server") });
}

export interface Outcome {
  /** The messages of the client and of the server, in turns. */
  readonly messages: readonly Buffer[];
  readonly delegated?: { readonly user: string };
  readonly error?: CredsspError;
  /** The side that threw the error. */
  readonly by?: "client" | "server";
}

/** Both sides, with an attacker between them who may change each message. */
export function converse(
  client: ClientExchange,
  server: ServerExchange,
  between: (message: Buffer, number: number) => Buffer = (message) => message,
): Outcome {
  const play = { client: player(client.run(), clientLegs()), server: player(server.run(), serverLegs()) };
  const messages: Buffer[] = [];
  play.server();
  let turn: Turn<unknown> = play.client();
  for (let side: "client" | "server" = "server"; ; side = side === "server" ? "client" : "server") {
    const message = turn.request ?? (turn.value as Buffer | undefined);
    if (!message) throw new Error("nobody speaks");
    messages.push(message);
    try {
      turn = play[side](between(Buffer.from(message), messages.length - 1));
    } catch (error) {
      if (!(error instanceof CredsspError)) throw error;
      return { messages, error, by: side };
    }
    if (side === "server" && turn.value) return { messages, delegated: turn.value as { readonly user: string } };
  }
}
