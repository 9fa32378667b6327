import type { IncomingMessage } from "node:http";
import {
  checkBoolean,
  checkFunction,
  checkName,
  checkUint,
  type OptionNames,
  readOptions,
  shownWord,
} from "../../values/index.ts";
import type { HttpAuthenticationError } from "../http-authentication-error.ts";
import { Origins } from "../origins.ts";
import { checkSchemes, type HttpScheme } from "../scheme.ts";
import { type AcceptingCredential, type Acceptor, openAcceptors } from "./acceptors.ts";
import type { HttpUser } from "./http-user.ts";
import { PendingHandshakes } from "./pending-handshakes.ts";
import type { BindingPolicy } from "./socket-bindings.ts";

/** What a server requires of its clients, and how long an authentication is valid. */
export interface HttpAuthenticatorOptions {
  /** The schemes that the server offers, the preferred one first. */
  readonly schemes: readonly HttpScheme[];
  /** The credential that accepts clients: provider, principal, WinPR's settings. The process's own by default. */
  readonly credential?: AcceptingCredential;
  /** Whether `Negotiate` may use NTLM if Kerberos is unavailable. No by default. */
  readonly ntlm?: boolean;
  /**
   * `connection`: an authentication with `Negotiate` is valid for the rest of the connection. That saves a ticket per
   * request and is safe only if nobody else uses the connection. `false`, the default: each request authenticates. NTLM
   * always authenticates the connection, because it has no other way.
   */
  readonly persist?: false | "connection";
  /**
   * `pinned`: a proxy in front keeps a separate connection to this server for each of its clients, and sends no other
   * client's request on it. `false`, the default: if a request says that it was forwarded, no authentication persists
   * on its connection, and NTLM is refused.
   */
  readonly behindProxy?: false | "pinned";
  /** Channel bindings over TLS; `when-sent` by default. */
  readonly bindings?: BindingPolicy;
  /**
   * The answer to CORS preflights, which never have credentials: 401 by default, or `pass` to the application without a
   * user.
   */
  readonly preflight?: "refuse" | "pass";
  /**
   * Whether requests that change something (not GET, HEAD, OPTIONS or TRACE) and WebSockets are refused with 403 if
   * another site makes the browser send them. Yes by default; `allow` lists the origins that may send them.
   */
  readonly csrf?: boolean | { readonly allow: readonly string[] };
  /** The most handshakes that may be in progress at the same time; 1000 by default. */
  readonly pending?: number;
  /** The time that a handshake may take, in milliseconds; 15,000 by default. */
  readonly timeout?: number;
  /** The size of the longest token that a client may send, in bytes; 49,152 (48 KiB) by default. */
  readonly maxToken?: number;
  /**
   * Called once per logon after all checks, e.g. to begin a session of the application. A rejection fails the request.
   */
  readonly onUser?: (user: HttpUser, request: IncomingMessage) => void | Promise<void>;
  /** Called with the reason of a refusal; clients never see that reason. */
  readonly onRefusal?: (refusal: HttpAuthenticationError, request: IncomingMessage) => void;
}

/** Checked options, with the credentials acquired from them. */
export interface Policy {
  readonly acceptors: readonly Acceptor[];
  readonly ntlm: boolean;
  readonly persistent: boolean;
  readonly pinned: boolean;
  readonly bindings: BindingPolicy;
  readonly passesPreflights: boolean;
  /** The origins that may send requests across sites; undefined if every origin may. */
  readonly crossSite: Origins | undefined;
  readonly pending: PendingHandshakes;
  readonly maxToken: number;
  readonly onUser: HttpAuthenticatorOptions["onUser"];
  readonly onRefusal: HttpAuthenticatorOptions["onRefusal"];
}

const optionNames: OptionNames<HttpAuthenticatorOptions> = {
  schemes: true,
  credential: true,
  ntlm: true,
  persist: true,
  behindProxy: true,
  bindings: true,
  preflight: true,
  csrf: true,
  pending: true,
  timeout: true,
  maxToken: true,
  onUser: true,
  onRefusal: true,
};
const csrfNames: OptionNames<{ readonly allow: readonly string[] }> = { allow: true };

/** @throws TypeError or RangeError naming the option that is wrong, SspiError if there are no credentials. */
export function policyOf(given: HttpAuthenticatorOptions): Policy {
  const options = readOptions<HttpAuthenticatorOptions>(given, "options", optionNames);
  const { ntlm = false, persist = false, behindProxy = false, bindings = "when-sent", preflight = "refuse" } = options;
  const { csrf = true, pending = 1000, timeout = 15_000, maxToken = 48 * 1024, credential = {} } = options;
  const schemes = eachOnce(options.schemes);
  const checked = {
    ntlm: checkBoolean(ntlm, "ntlm"),
    persistent: checkWord(persist, "persist", "connection"),
    pinned: checkWord(behindProxy, "behindProxy", "pinned"),
    bindings: checkName(bindings, "bindings", ["required", "when-sent", "off"]),
    passesPreflights: checkName(preflight, "preflight", ["refuse", "pass"]) === "pass",
    crossSite: crossSiteOf(csrf),
    pending: new PendingHandshakes(checkCount(pending, "pending"), checkCount(timeout, "timeout")),
    maxToken: checkCount(maxToken, "maxToken"),
    onUser: checkFunction(options.onUser, "onUser"),
    onRefusal: checkFunction(options.onRefusal, "onRefusal"),
  };
  return { ...checked, acceptors: openAcceptors(schemes, credential, checked.bindings, checked.ntlm) };
}

function eachOnce(schemes: unknown): readonly HttpScheme[] {
  const names = checkSchemes(schemes, "schemes");
  if (new Set(names).size < names.length) throw new RangeError("schemes: expected each scheme once");
  return names;
}

/** Checks an option that is `false` or one given word. */
function checkWord(value: unknown, argument: string, word: string): boolean {
  if (value === false || value === word) return value === word;
  throw new RangeError(`${argument}: expected false or "${word}", got ${shownWord(value, [word])}`);
}

/** The longest delay that `setTimeout` takes; it limits the other numbers too. */
const most = 0x7fff_ffff;

function checkCount(value: unknown, argument: string): number {
  if (checkUint(value, argument, most) === 0) throw new RangeError(`${argument}: expected at least 1, got 0`);
  return value as number;
}

function crossSiteOf(csrf: unknown): Origins | undefined {
  if (typeof csrf === "object" && csrf !== null)
    return new Origins(readOptions(csrf, "csrf", csrfNames).allow, "csrf.allow");
  return checkBoolean(csrf, "csrf") ? new Origins([], "csrf.allow") : undefined;
}
