import { type AnyIdentity, type KeptIdentity, keepIdentity } from "../../credentials/index.ts";
import { checkProvider, type SecurityProvider } from "../../native/index.ts";
import { checkFunction, checkName, type OptionNames, shapeOf } from "../../values/index.ts";
import { type HttpScheme, httpSchemes } from "../scheme.ts";

/** How a client shows who it is, to web servers or to a proxy. */
export interface LogonOptions {
  /**
   * Whom to log on as; left out: the user that the process runs as. It is copied; a password that is bytes is kept in
   * memory that is zeroed on `close` or `destroy`.
   */
  readonly identity?: AnyIdentity;
  /** What to answer, the preferred scheme first, whatever order a server offers them in; `["Negotiate"]` by default. NTLM is used only where it is named. */
  readonly schemes?: readonly HttpScheme[];
  /** `required`: a server that does not prove who it is gets no further. NTLM cannot prove it. */
  readonly mutual?: "required" | "off";
  /**
   * `when-tls`, the default: an authentication over TLS is tied to its connection, or fails where that cannot be done.
   * `required` refuses to authenticate without TLS, `off` ties nothing.
   */
  readonly bindings?: ClientBindingPolicy;
  /** The service principal name of a server, by its URL; `HTTP/` and the URL's host by default. */
  readonly target?: (url: URL) => string;
  /** Whose SSPI; the machine's by default. */
  readonly provider?: SecurityProvider;
}

/**
 * Whether a client's handshakes are tied to their TLS connection: `when-tls` wherever there is one, `required` fails
 * elsewhere.
 */
export type ClientBindingPolicy = "when-tls" | "required" | "off";

/** The names of these options, for whoever has others besides. */
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
  /** Wiped by whoever owns the credentials. */
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

function checkSchemes(schemes: unknown, argument: string): readonly HttpScheme[] {
  if (!Array.isArray(schemes))
    throw new TypeError(`${argument}: expected an array such as ["Negotiate"], got ${shapeOf(schemes)}`);
  if (schemes.length === 0) throw new RangeError(`${argument}: expected at least one of ${httpSchemes.join(", ")}`);
  return schemes.map((scheme, index) => checkName(scheme, `${argument}[${index}]`, httpSchemes));
}
