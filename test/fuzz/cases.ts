import type { Corpus } from "./corpora.ts";
import { forClients, forServers } from "./foreign-tokens.ts";
import { havoc } from "./havoc.ts";
import { mutationsOf } from "./mutations/index.ts";
import { Random } from "./random.ts";
import { messagesOf, type Place } from "./walk.ts";

/** A message that replaces the next message of an exchange. */
export interface Case {
  readonly place: Place;
  readonly family: "structured" | "bytes" | "random" | "foreign";
  /** The bytes that replace that message, and how they were changed. */
  readonly of: (message: Buffer) => { readonly what: string; readonly sent: Buffer };
}

export interface Amount {
  /** Only every nth structured change, and every nth change of single bytes, is made: the seed decides which. */
  readonly structured: number;
  readonly bytes: number;
  /** The number of random changes for each message, and for each message of another exchange. */
  readonly random: number;
}

/** The changes that are made in an exchange: the same cases for the same seed. */
export function casesOf(corpus: Corpus, seed: number, amount: Amount): readonly Case[] {
  const messages = [...messagesOf(corpus)];
  const every = (stride: number, all: readonly Case[]) => all.filter((_, index) => index % stride === seed % stride);
  const { random } = amount;
  const chance = new Random(seed);
  return [
    ...every(
      amount.structured,
      messages.flatMap(([place, message]) => structured(place, message)),
    ),
    ...every(
      amount.bytes,
      messages.flatMap(([place, message]) => bytes(place, message)),
    ),
    ...messages.flatMap(([place]) => Array.from({ length: random }, () => atRandom(place, chance.below(2 ** 32)))),
    ...foreign(corpus.messages[0] as Place, forServers, chance, random),
    ...foreign(corpus.messages[1] as Place, forClients, chance, random),
  ];
}

/** A sealed message has its token in front of what it seals. */
function changesOf(message: Buffer) {
  const whole = mutationsOf(message);
  if (whole.length > 0) return whole;
  const [token, rest] = [message.subarray(0, 16), message.subarray(16)];
  return mutationsOf(token).map(({ what, of }) => ({ what, of: () => Buffer.concat([of(), rest]) }));
}

function structured(place: Place, sample: Buffer): Case[] {
  return changesOf(sample).map((_, index) => ({
    place,
    family: "structured",
    of: (message) => {
      const changes = changesOf(message);
      const change = changes[index % changes.length];
      return change ? { what: change.what, sent: change.of() } : { what: "as it is", sent: message };
    },
  }));
}

/** Every byte changed, every truncation, and a megabyte appended. */
function bytes(place: Place, { length }: Buffer): Case[] {
  const each = (what: (at: number) => string, change: (message: Buffer, at: number) => Buffer): Case[] =>
    Array.from({ length }, (_, at) => ({
      place,
      family: "bytes",
      of: (message) => ({ what: what(at), sent: change(message, at) }),
    }));
  const longer = (message: Buffer) => Buffer.concat([message, Buffer.alloc(1 << 20)]);
  return [
    ...each((at) => `byte ${at} flipped`, flipped),
    ...each(
      (at) => `cut to ${at} bytes`,
      (message, at) => message.subarray(0, at),
    ),
    { place, family: "bytes", of: (message) => ({ what: "a megabyte of zeros after it", sent: longer(message) }) },
  ];
}

function flipped(message: Buffer, at: number): Buffer {
  const copy = Buffer.from(message);
  copy[at % copy.length]! ^= 0xff;
  return copy;
}

function atRandom(place: Place, seed: number, instead?: Buffer): Case {
  const of: Case["of"] = (message) => {
    const { what, of: made } = havoc(instead ?? message, new Random(seed));
    return { what, sent: made() };
  };
  return { place, family: instead ? "foreign" : "random", of };
}

function foreign(place: Place, seeds: Readonly<Record<string, Buffer>>, chance: Random, each: number): Case[] {
  return Object.entries(seeds).flatMap(([name, token]) => {
    const named = (one: Case): Case => ({
      ...one,
      of: (message) => {
        const { what, sent } = one.of(message);
        return { what: `${name}: ${what}`, sent };
      },
    });
    const itself: Case = { place, family: "foreign", of: () => ({ what: "as it is", sent: token }) };
    const changed = Array.from({ length: Math.ceil(each / 8) }, () => atRandom(place, chance.below(2 ** 32), token));
    return [itself, ...changed].map(named);
  });
}
