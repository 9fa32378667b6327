import { inspect } from "node:util";
import { printable } from "../values/index.ts";

/** A fact about a part of a token: text, a number, a boolean, or a list of names. Text is as the sender wrote it. */
export type TokenFact = string | number | boolean | readonly string[];

/** A party that would refuse a token, and the reason. */
export interface Refusal {
  /** The party that refuses it. */
  readonly by: string;
  /** The reason, in words for people. */
  readonly why: string;
}

/** A token, or a part of one. Prints as text, in which the sender's text is escaped. */
export interface TokenExplanation {
  /** `"NTLM"`, `"Kerberos"`, `"SPNEGO"`, `"NEGOEX"`, `"CredSSP"`, `"TLS"`, `"HTTP"`, or `"unknown"`. */
  readonly mechanism: string;
  /** The message's name in its specification: `"AP-REQ"`. */
  readonly message: string;
  /** The size in bytes; of a header, in characters. */
  readonly size: number;
  /** The contents by name. For responses, ciphertexts and checksums only the size is given. */
  readonly facts: Readonly<Record<string, TokenFact>>;
  /** The tokens inside. */
  readonly inside: readonly TokenExplanation[];
  /**
   * Parties that would refuse it without needing a key. An empty list is no promise: only a logon shows whether the
   * password is right.
   */
  readonly refusals: readonly Refusal[];
}

/** The parts of an explanation; omitted ones are empty. */
export type Explained = Pick<TokenExplanation, "mechanism" | "message" | "size"> & Partial<TokenExplanation>;

export function explanation({ facts = {}, inside = [], refusals = [], ...rest }: Explained): TokenExplanation {
  const found: TokenExplanation = { ...rest, facts, inside, refusals };
  return Object.defineProperty(found, inspect.custom, { value: () => shown(found).join("\n"), enumerable: false });
}

/** Formats an explanation as lines for a terminal. */
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

/** Splits a name such as `ticketKeyVersion` into words. */
function words(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
