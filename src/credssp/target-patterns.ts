import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import { checkText, HostPattern, readPatterns, shapeOf } from "../values/index.ts";

/** The parts of a service principal name: `TERMSRV/host.example`, perhaps with a port. */
export interface Target {
  readonly service: string;
  /** In DNS form, in lower case. */
  readonly host: string;
  readonly port: string;
}

interface TargetPattern {
  readonly service: string;
  readonly host: HostPattern;
  readonly port: string;
}

const form = '"TERMSRV/host.example" or "TERMSRV/*.corp.example"';
/** Service, wildcard, host, port. No pattern matches a name with a third part. */
const parts = /^([^/*\s\\@]+)\/(\*\.)?(\[[\da-f:.]+\]|[^*/:\s\\@[\]]+)(?::(\d{1,5}))?$/iu;

/**
 * A list of targets by their service principal names: `TERMSRV/host.example` is one host, `TERMSRV/*.corp.example`
 * every host below corp.example, but not corp.example itself. Services and ports are compared too: nothing is implied.
 */
export class TargetPatterns {
  readonly #patterns: readonly TargetPattern[];

  /** @throws TypeError or RangeError naming the entry of `argument` that is not a target. */
  constructor(patterns: readonly string[], argument: string) {
    this.#patterns = readPatterns(patterns, { argument, of: "targets" }, patternOf);
  }

  includes(target: Target | undefined): boolean {
    if (!target) return false;
    return this.#patterns.some(
      ({ service, host, port }) => service === target.service && port === target.port && host.includes(target.host),
    );
  }
}

/** Returns a target's parts; undefined if the text does not name a service on a host. */
export function parseTarget(text: string): Target | undefined {
  const [, service = "", wildcard, name = "", port = ""] = parts.exec(text) ?? [];
  const host = spelled(name);
  if (service === "" || wildcard !== undefined || host === "") return undefined;
  return { service: service.toLowerCase(), host, port };
}

function patternOf(pattern: unknown, argument: string): TargetPattern {
  const text = checkText(pattern, argument);
  const [, service = "", wildcard, name = "", port = ""] = parts.exec(text) ?? [];
  const host = spelled(name);
  if (service === "" || host === "")
    throw new RangeError(`${argument}: expected a target such as ${form}, got ${shapeOf(text)}`);
  return { service: service.toLowerCase(), host: new HostPattern(host, wildcard !== undefined, argument), port };
}

/** Returns an address without brackets, or a name in DNS form; empty for other text. */
function spelled(name: string): string {
  const address = name.replace(/^\[|\]$/g, "");
  return isIP(address) === 0 ? domainToASCII(name) : address.toLowerCase();
}
