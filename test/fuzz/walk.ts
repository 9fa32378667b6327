import { CredsspError } from "../../src/credssp.ts";
import { SspiError } from "../../src/index.ts";
import type { Corpus } from "./corpora.ts";
import type { End, Exchange } from "./exchange.ts";
import { held } from "./held.ts";

/** A place where an exchange can be changed: one of its messages, or a message that it protects when it is complete. */
export type Place = string;

const protectedPlaces = [
  "sealed to the server",
  "sealed to the client",
  "signed to the server",
  "signed to the client",
];
const plain = Buffer.from("what is protected");

/** Changes the message on its way; the result reaches the peer. */
export type Change = (message: Buffer) => Buffer;

export interface Outcome {
  /** How the leg with the changed message ended, or the error's code. */
  readonly answer: string;
  /** The user whom a server that completed has authenticated. */
  readonly who?: string;
  /** How many more native objects were held than before. */
  readonly held: number;
}

/** The messages of an undisturbed exchange, by their places. */
export function messagesOf(corpus: Corpus): ReadonlyMap<Place, Buffer> {
  const found = new Map<Place, Buffer>();
  for (const place of [...corpus.messages, ...protectedPlaces]) {
    deliver(corpus, place, (message) => {
      found.set(place, message);
      return message;
    });
  }
  return found;
}

/** The outcome of an exchange whose message at that place was changed. */
export function deliver(corpus: Corpus, place: Place, change: Change): Outcome {
  const before = held();
  const { answer, who } = outcome(corpus, place, change);
  return { answer, held: held() - before, ...(who !== undefined && { who }) };
}

function outcome(corpus: Corpus, place: Place, change: Change): Omit<Outcome, "held"> {
  try {
    using exchange = corpus.open();
    const index = corpus.messages.indexOf(place);
    if (index >= 0) return leg(exchange, index, change);
    if (!exchange.client.messages) return { answer: "no messages" };
    leg(exchange, corpus.messages.length, change);
    return { answer: protect(exchange, place, change) };
  } catch (error) {
    if (error instanceof SspiError || error instanceof CredsspError) return { answer: error.code };
    return { answer: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

/** Passes messages up to that one, which is changed. */
function leg(exchange: Exchange, changed: number, change: Change): Omit<Outcome, "held"> {
  let { token } = exchange.client.feed();
  for (let index = 0; ; index += 1) {
    const to: End = index % 2 === 0 ? exchange.server : exchange.client;
    if (!token || token.length === 0) return { answer: "over" };
    const answer = to.feed(index === changed ? change(token) : token);
    if (index === changed) {
      const who = answer.status === "complete" && to === exchange.server ? exchange.who?.() : undefined;
      return { answer: answer.status, ...(who !== undefined && { who }) };
    }
    token = answer.token;
  }
}

function protect({ client, server }: Exchange, place: Place, change: Change): string {
  const [from, to] = place.endsWith("server") ? [client.messages, server.messages] : [server.messages, client.messages];
  if (!from || !to) return "no messages";
  if (place.startsWith("sealed")) {
    const opened = to.open(change(from.seal(plain)));
    if (!opened) return "nothing";
    return opened.equals(plain) ? "opened" : "something else";
  }
  if (!from.sign || !to.verify) return "no messages";
  to.verify(plain, change(from.sign(plain)));
  return "verified";
}
