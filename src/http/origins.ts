import { checkText, shapeOf } from "../values/index.ts";

interface OriginPattern {
  readonly protocol: string;
  /** With a dot in front where it is for subdomains. */
  readonly host: string;
  readonly subdomains: boolean;
  readonly port: string;
}

const form = '"https://intranet.example", "https://intranet.example:8443" or "https://*.corp.example"';

/**
 * A list of web origins: `https://intranet.example` is one host on the scheme's own port, `https://*.corp.example` every
 * subdomain of corp.example, and not corp.example itself. Schemes and ports are compared too: nothing is implied.
 */
export class Origins {
  readonly #patterns: readonly OriginPattern[];

  /** @throws TypeError or RangeError naming the entry of `argument` that is no origin. */
  constructor(patterns: readonly string[], argument: string) {
    if (!Array.isArray(patterns))
      throw new TypeError(`${argument}: expected an array of origins, got ${shapeOf(patterns)}`);
    this.#patterns = patterns.map((pattern, index) => parsed(pattern, `${argument}[${index}]`));
  }

  get isEmpty(): boolean {
    return this.#patterns.length === 0;
  }

  /** Whether a URL's origin is in the list. */
  includes({ protocol, hostname, port }: URL): boolean {
    return this.#patterns.some(
      (pattern) =>
        pattern.protocol === protocol &&
        pattern.port === port &&
        (pattern.subdomains ? hostname.endsWith(pattern.host) : hostname === pattern.host),
    );
  }
}

function parsed(pattern: unknown, argument: string): OriginPattern {
  const text = checkText(pattern, argument);
  const [, scheme, wildcard, rest] = /^(https?):\/\/(\*\.)?([^*/?#@\\\s]+)\/?$/i.exec(text) ?? [];
  const spelled = `${scheme}://${rest}/`;
  if (rest === undefined || !URL.canParse(spelled)) throw new RangeError(`${argument}: ${complaint(text)}`);
  // The URL parser spells this host as it spells the hosts that are compared with it.
  const { protocol, hostname, port } = new URL(spelled);
  const subdomains = wildcard !== undefined;
  if (subdomains && /^\[|^[\d.]+$/.test(hostname))
    throw new RangeError(`${argument}: an address has no subdomains, got ${JSON.stringify(text)}`);
  return { protocol, host: `${subdomains ? "." : ""}${hostname}`, subdomains, port };
}

/** What stands in front of an `@` may be a password. */
function complaint(text: string): string {
  return `expected an origin such as ${form}, got ${text.includes("@") ? "a text with an @" : JSON.stringify(text)}`;
}
