import { inspect } from "node:util";

/** What is known of a part: text, a number, or a list of names. Text is as the sender wrote it. */
export type TokenFact = string | number | boolean | readonly string[];

/** Somebody who would not take a token, and why. */
export interface Refusal {
  /** Who refuses it. */
  readonly by: string;
  /** What it finds wrong, in words for people. */
  readonly why: string;
}

/** A token, or a part of one. Prints as text; what a sender wrote is escaped there. */
export interface TokenExplanation {
  /** `"NTLM"`, `"Kerberos"`, `"SPNEGO"`, `"NEGOEX"`, `"CredSSP"`, `"TLS"`, `"HTTP"`, or `"unknown"`. */
  readonly mechanism: string;
  /** Which message of the mechanism it is, as its specification calls it: `"AP-REQ"`. */
  readonly message: string;
  /** In bytes; of a header, in characters. */
  readonly size: number;
  /** What it says, by name. Of responses, ciphertexts and checksums it is their size. */
  readonly facts: Readonly<Record<string, TokenFact>>;
  /** The tokens inside. */
  readonly inside: readonly TokenExplanation[];
  /** Who would refuse it without asking for a key. None is no promise: whether the password is right, only a logon tells. */
  readonly refusals: readonly Refusal[];
}

/** What an explanation is made of; what is left out is empty. */
export type Explained = Pick<TokenExplanation, "mechanism" | "message" | "size"> & Partial<TokenExplanation>;

export function explanation({ facts = {}, inside = [], refusals = [], ...rest }: Explained): TokenExplanation {
  const found: TokenExplanation = { ...rest, facts, inside, refusals };
  return Object.defineProperty(found, inspect.custom, { value: () => shown(found).join("\n"), enumerable: false });
}

/** Lines for a terminal. */
function shown({ mechanism, message, size, facts, inside, refusals }: TokenExplanation): string[] {
  const names = Object.keys(facts).map(words);
  const width = Math.max(0, ...names.map((name) => name.length)) + 2;
  const rows = Object.values(facts).map((fact, index) => `${(names[index] as string).padEnd(width)}${shownFact(fact)}`);
  return [
    `${mechanism} ${message}, ${size} ${mechanism === "HTTP" ? "characters" : "bytes"}`,
    ...[...rows, ...inside.flatMap(shown)].map((line) => `  ${line}`),
    ...refusals.map(({ by, why }) => `  refused by ${by}: ${printable(why)}`),
  ];
}

function shownFact(fact: TokenFact): string {
  if (typeof fact === "boolean") return fact ? "yes" : "no";
  if (typeof fact === "number") return String(fact);
  return printable(typeof fact === "string" ? fact : fact.join(", ") || "none");
}

/** `ticketKeyVersion` as words. */
function words(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** What a peer wrote must not control a terminal, nor look like a line of ours. */
function printable(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
