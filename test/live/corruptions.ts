import fc from "fast-check";
import {
  type ClientContext,
  type Leg,
  live,
  type SecurityProvider,
  type ServerContext,
  SspiError,
} from "../../src/index.ts";
import { everything, Kerberos } from "./kerberos.ts";
import { Ntlm, tokenOf } from "./ntlm.ts";

/** Both sides of an exchange that has not begun. */
interface Sides extends Disposable {
  readonly client: ClientContext;
  readonly server: ServerContext;
}

/** An exchange whose messages are corrupted: those at even places go to the server, the others to the client. */
export interface Corpus {
  readonly messages: readonly string[];
  open(): Sides;
}

export interface Corruption {
  /** Which of the messages. */
  readonly leg: string;
  readonly what: string;
  readonly of: (token: Buffer) => Buffer;
}

export function ntlmCorpus(provider: SecurityProvider): Corpus {
  return { messages: ["negotiate", "challenge", "authenticate"], open: () => new Ntlm(provider) };
}

/** With a third message, DCE style's, so that the server is corrupted for in two legs. */
export function kerberosCorpus(provider: SecurityProvider, name: "Kerberos" | "Negotiate"): Corpus {
  const messages = name === "Kerberos" ? ["request", "reply", "confirmation"] : ["request", "reply"];
  const request = name === "Kerberos" ? ([...everything, "useDceStyle"] as const) : everything;
  return { messages, open: () => new Kerberos(provider, { package: name, request }) };
}

/** Every byte flipped in turn, every truncation, nothing at all, and garbage. */
export function corruptions(corpus: Corpus): readonly Corruption[] {
  const lengths = lengthsOf(corpus);
  return corpus.messages.flatMap((leg, index) => [
    ...Array.from({ length: lengths[index] ?? 0 }, (_, at) => ({
      leg,
      what: `byte ${at} flipped`,
      of: changed(at, [0xff]),
    })),
    ...Array.from({ length: lengths[index] ?? 0 }, (_, to) => ({ leg, what: `cut to ${to} bytes`, of: cut(to) })),
    ...fc
      .sample(fc.uint8Array({ maxLength: 400 }), { numRuns: 200, seed: 1 })
      .map((bytes) => ({ leg, what: `garbage ${Buffer.from(bytes).toString("hex")}`, of: () => Buffer.from(bytes) })),
    ...fc
      .sample(fc.tuple(fc.nat(399), fc.uint8Array({ minLength: 1, maxLength: 8 })), { numRuns: 200, seed: 2 })
      .map(([at, bytes]) => ({ leg, what: `at ${at}: ${Buffer.from(bytes).toString("hex")}`, of: changed(at, bytes) })),
    { leg, what: "a megabyte of zeros after it", of: (token: Buffer) => Buffer.concat([token, Buffer.alloc(1 << 20)]) },
  ]);
}

const cut = (to: number) => (token: Buffer) => token.subarray(0, to);
/** Every byte that is touched is another one afterwards. */
const changed = (at: number, by: ArrayLike<number>) => (token: Buffer) => {
  const copy = Buffer.from(token);
  for (let index = 0; index < by.length; index += 1) copy[(at + index) % copy.length]! ^= by[index] || 1;
  return copy;
};

export interface Outcome {
  /** How the leg ended that the corrupted message led to, or the error's code. */
  readonly answer: string;
  /** Whom a server that completed has let in. */
  readonly who?: string;
  /** How many native things were still held after it. */
  readonly held: number;
}

/** What becomes of an exchange with a corrupted message. */
export function outcome(corpus: Corpus, corruption: Corruption): Outcome {
  const { result, who } = lastLeg(corpus, corruption);
  const held = Object.values(live()).reduce((sum, count) => sum + count, 0);
  const answer = result instanceof SspiError ? result.code : ((result as Leg).status ?? String(result));
  return { answer, held, ...(who !== undefined && { who }) };
}

/** The leg that the corrupted message led to, or the error. */
function lastLeg(
  { messages, open }: Corpus,
  { leg, of }: Corruption,
): { readonly result: Leg | unknown; readonly who?: string } {
  using sides = open();
  const { client, server } = sides;
  let who: string | undefined;
  try {
    let token = tokenOf(client.stepSync()) as Buffer;
    for (const [index, message] of messages.entries()) {
      const to = index % 2 === 0 ? server : client;
      const last = message === leg;
      const answer = to.stepSync(last ? of(token) : token);
      if (last) {
        if (to === server && server.complete && server.package !== "NTLM") who = server.peer().name;
        return { result: answer, ...(who !== undefined && { who }) };
      }
      token = tokenOf(answer) as Buffer;
    }
    throw new Error(`${leg} is none of the exchange's messages`);
  } catch (error) {
    return { result: error };
  }
}

/** The messages hold this machine's name, so their lengths are its own. */
function lengthsOf({ messages, open }: Corpus): readonly number[] {
  using sides = open();
  let token = tokenOf(sides.client.stepSync()) as Buffer;
  return messages.map((_, index) => {
    const { length } = token;
    const to = index % 2 === 0 ? sides.server : sides.client;
    token = tokenOf(to.stepSync(token)) ?? Buffer.alloc(0);
    return length;
  });
}
