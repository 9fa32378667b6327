/**
 * The content of a `WWW-Authenticate`, `Proxy-Authenticate`, `Authorization` or `Proxy-Authorization` header (RFC 9110,
 * section 11).
 */
export interface Challenge {
  /** In lower case: schemes are compared without regard to case. */
  readonly scheme: string;
  /** The token68 after the scheme, as it was sent. */
  readonly token: string | undefined;
  /** The values of the parameters, unquoted, by their names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

// Each pattern can match in only one way at a position, so reading a header takes time linear in its length.
const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const token68 = /[A-Za-z0-9._~+/-]+=*/y;
const quotedString = /"((?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*)"/y;
const spaces = / +/y;
const blanks = /[\t ]*/y;
const equalsSign = /[\t ]*=[\t ]*/y;
/** A comma and the commas of empty list elements, which a recipient has to accept. */
const commas = /[\t ]*,[\t ,]*/y;
const leadingCommas = /[\t ,]*/y;

/** Reads a header from start to end. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  get position(): number {
    return this.#at;
  }

  rewind(position: number): void {
    this.#at = position;
  }

  /**
   * Returns the text that the pattern matches here, or its first group if it has one; undefined leaves the position
   * unchanged.
   */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found) return undefined;
    this.#at = pattern.lastIndex;
    return found[1] ?? found[0];
  }

  /** Whether an element of a list may end here. */
  atElementEnd(): boolean {
    const start = this.#at;
    this.take(blanks);
    const ended = this.atEnd || this.#text[this.#at] === ",";
    if (!ended || !this.atEnd) this.#at = start;
    return ended;
  }
}

/**
 * Returns the challenges of a header in order. Several headers of one name mean the same as one header with commas.
 *
 * @returns undefined if the header breaks the grammar, because its meaning is then ambiguous.
 */
export function readChallenges(header: string | readonly string[]): readonly Challenge[] | undefined {
  const reader = new Reader(typeof header === "string" ? header : header.join(", "));
  const challenges: Challenge[] = [];
  reader.take(leadingCommas);
  while (!reader.atEnd) {
    const challenge = readChallenge(reader);
    if (!challenge) return undefined;
    challenges.push(challenge);
    if (!reader.atEnd && reader.take(commas) === undefined) return undefined;
  }
  return challenges;
}

/**
 * Returns the scheme of a request's header with its token or parameters; undefined if the header breaks the grammar.
 */
export function readCredentials(header: string): Challenge | undefined {
  const reader = new Reader(header);
  const credentials = readChallenge(reader);
  return reader.atEnd ? credentials : undefined;
}

function readChallenge(reader: Reader): Challenge | undefined {
  const scheme = reader.take(token)?.toLowerCase();
  if (scheme === undefined) return undefined;
  const parameters = new Map<string, string>();
  if (reader.take(spaces) === undefined || reader.atElementEnd()) return { scheme, token: undefined, parameters };
  const afterSpaces = reader.position;
  const given = reader.take(token68);
  if (given !== undefined && reader.atElementEnd()) return { scheme, token: given, parameters };
  reader.rewind(afterSpaces);
  return readParameters(reader, parameters) ? { scheme, token: undefined, parameters } : undefined;
}

/** Reads parameters up to the end of the header or up to the comma before the next challenge. */
function readParameters(reader: Reader, parameters: Map<string, string>): boolean {
  for (let first = true; ; first = false) {
    const before = reader.position;
    if (!first && reader.take(commas) === undefined) return reader.atElementEnd();
    const name = reader.take(token)?.toLowerCase();
    if (name === undefined || reader.take(equalsSign) === undefined) {
      // A name without a value is the scheme of the next challenge.
      reader.rewind(before);
      return !first;
    }
    const value = readValue(reader);
    if (value === undefined || parameters.has(name)) return false;
    parameters.set(name, value);
  }
}

function readValue(reader: Reader): string | undefined {
  return reader.take(token) ?? reader.take(quotedString)?.replace(/\\(.)/gs, "$1");
}
