import { checkText, HostPattern, readPatterns, shapeOf } from "../values/index.ts";

interface OriginPattern {
  readonly protocol: string;
  readonly host: HostPattern;
  readonly port: string;
}

const form = '"https://intranet.example", "https://intranet.example:8443" or "https://*.corp.example"';

/**
 * A list of web origins: `https://intranet.example` is one host on the scheme's own port, `https://*.corp.example`
 * every subdomain of corp.example, but not corp.example itself. Schemes and ports are compared too: nothing is implied.
 */
export class Origins {
  readonly #patterns: readonly OriginPattern[];

  /** @throws TypeError or RangeError naming the entry of `argument` that is not an origin. */
  constructor(patterns: readonly string[], argument: string) {
    this.#patterns = readPatterns(patterns, { argument, of: "origins" }, parsed);
  }

  get isEmpty(): boolean {
    return this.#patterns.length === 0;
  }

  /** Whether a URL's origin is in the list. */
  includes({ protocol, hostname, port }: URL): boolean {
    return this.#patterns.some(
      (pattern) => pattern.protocol === protocol && pattern.port === port && pattern.host.includes(hostname),
    );
  }
}

function parsed(pattern: unknown, argument: string): OriginPattern {
  const text = checkText(pattern, argument);
  const [, scheme, wildcard, rest] = /^(https?):\/\/(\*\.)?([^*/?#@\\\s]+)\/?$/i.exec(text) ?? [];
  const spelled = `${scheme}://${rest}/`;
  if (rest === undefined || !URL.canParse(spelled))
    throw new RangeError(`${argument}: expected an origin such as ${form}, got ${shapeOf(text)}`);
  // Let the URL parser spell this host, as it spells the hosts that are compared with it.
  const { protocol, hostname, port } = new URL(spelled);
  return { protocol, host: new HostPattern(hostname, wildcard !== undefined, argument), port };
}
