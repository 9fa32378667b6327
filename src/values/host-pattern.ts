import { checkArray } from "./arrays.ts";

/**
 * A pattern for one host, `intranet.example`, or for every host below a domain, `*.corp.example`, but not for
 * corp.example itself.
 */
export class HostPattern {
  readonly #host: string;
  readonly #subdomains: boolean;

  /**
   * @param host in the same spelling as the hosts that are compared with it.
   * @throws RangeError naming `argument` for subdomains of an address.
   */
  constructor(host: string, subdomains: boolean, argument: string) {
    if (subdomains && /^\[|^[\d.]+$/.test(host))
      throw new RangeError(`${argument}: an address has no subdomains, got ${JSON.stringify(host)}`);
    this.#host = subdomains ? `.${host}` : host;
    this.#subdomains = subdomains;
  }

  includes(host: string): boolean {
    return this.#subdomains ? host.endsWith(this.#host) : host === this.#host;
  }
}

/** Reads the patterns in a caller's array, each of them once. @throws TypeError naming `argument` */
export function readPatterns<P>(
  patterns: readonly string[],
  { argument, of }: { readonly argument: string; readonly of: string },
  read: (pattern: unknown, argument: string) => P,
): readonly P[] {
  return checkArray(patterns, argument, `an array of ${of}`).map((pattern, index) =>
    read(pattern, `${argument}[${index}]`),
  );
}
