import { type AnyIdentity, type KeptIdentity, keepIdentity } from "../../credentials/index.ts";
import { checkProvider, type SecurityProvider } from "../../native/index.ts";
import { checkFunction, checkName, type OptionNames } from "../../values/index.ts";
import { checkSchemes, type HttpScheme } from "../scheme.ts";

/** How a client authenticates its user to web servers or to a proxy. */
export interface LogonOptions {
  /**
   * The user to log on as; by default the user that the process runs as. The identity is copied; a password given as
   * bytes is kept in memory that `close` or `destroy` zeroes.
   */
  readonly identity?: AnyIdentity;
  /**
   * The schemes that the client answers, the preferred one first, whatever order a server offers them in;
   * `["Negotiate"]` by default. NTLM is used only if it is listed.
   */
  readonly schemes?: readonly HttpScheme[];
  /** `required`: an authentication fails if the server does not prove its identity. NTLM cannot prove it. */
  readonly mutual?: "required" | "off";
  /**
   * `when-tls`, the default: an authentication over TLS is tied to its connection, or fails if that is impossible.
   * `required` refuses to authenticate without TLS, `off` ties nothing.
   */
  readonly bindings?: ClientBindingPolicy;
  /** Returns the service principal name of a server from its URL; `HTTP/` and the URL's host by default. */
  readonly target?: (url: URL) => string;
  /** The SSPI provider to use; the machine's by default. */
  readonly provider?: SecurityProvider;
}

/**
 * Whether a client ties its handshakes to their TLS connection: `when-tls` does so on every TLS connection, `required`
 * also fails on connections without TLS.
 */
export type ClientBindingPolicy = "when-tls" | "required" | "off";

/** The names of these options, for option sets that extend them. */
export const logonNames: OptionNames<LogonOptions> = {
  identity: true,
  schemes: true,
  mutual: true,
  bindings: true,
  target: true,
  provider: true,
};

/** Checked options. */
export interface LogonPolicy {
  /** The owner of the credentials zeroes this identity. */
  readonly identity: KeptIdentity | undefined;
  readonly schemes: readonly HttpScheme[];
  readonly mutual: boolean;
  readonly bindings: ClientBindingPolicy;
  readonly target: ((url: URL) => string) | undefined;
  readonly provider: SecurityProvider | undefined;
}

/** @throws TypeError or RangeError naming the option, with `prefix` in front. */
export function logonPolicyOf(options: LogonOptions, prefix = "", defaultMutual: "required" | "off" = "required") {
  const { schemes = ["Negotiate"], mutual = defaultMutual, bindings = "when-tls" } = options;
  const policy: LogonPolicy = {
    identity: options.identity === undefined ? undefined : keepIdentity(options.identity, `${prefix}identity`),
    schemes: checkSchemes(schemes, `${prefix}schemes`),
    mutual: checkName(mutual, `${prefix}mutual`, ["required", "off"]) === "required",
    bindings: checkName(bindings, `${prefix}bindings`, ["when-tls", "required", "off"]),
    target: checkFunction(options.target, `${prefix}target`),
    provider: options.provider === undefined ? undefined : checkProvider(options.provider, `${prefix}provider`),
  };
  return policy;
}
