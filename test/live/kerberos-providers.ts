import { describe, it } from "vitest";
import { gssapiProvider, type SecurityProvider, type StatusCode, systemProvider } from "../../src/index.ts";
import { whyMissing, winpr } from "./winpr-libraries.ts";

/** An SSPI library that has Kerberos, and its differences from others. */
export interface KerberosProvider {
  readonly label: string;
  readonly provider: SecurityProvider;
  /** Whether a client learns the granted flags; servers do everywhere. */
  readonly clientFlags: boolean;
  /** Whether it uses a third leg where DCE style is requested; else it completes without. */
  readonly dceStyle: boolean;
  /** Whether its tokens have the size it announces, so that a message may come in one piece. */
  readonly onePiece: boolean;
  /** Whether its Kerberos accepts a first token wrapped in SPNEGO. */
  readonly takesSpnego: boolean;
  /** Whether it has a package that negotiates Kerberos. */
  readonly negotiates: boolean;
  /**
   * Whether its client and its server negotiate Kerberos: WinPR 3 begins with a user-to-user TGT-REQ, which the library
   * keeps from its server.
   */
  readonly agrees: boolean;
  /**
   * Whether its client and MIT's server negotiate Kerberos. MIT's server answers a TGT-REQ by asking for Kerberos: 3.10
   * then sends a ticket, and 3.15 (seen on Debian 13) no token that MIT's server accepts.
   */
  readonly agreesWithMit: boolean;
  /** Whether a complete context names the authenticated user. */
  readonly names: boolean;
  /** Which part of a message that was sealed in place comes first in the resulting token of RFC 4121. */
  readonly first: "token" | "data";
  /** Which sides include the channel bindings that they are given. */
  readonly binds: { readonly client: boolean; readonly server: boolean };
  /** A target may omit its realm: krb5.conf maps the host to a realm. */
  readonly realmOfHost?: true;
  /** The realm of an identity is accepted in capitals only. */
  readonly realmInCapitals?: true;
  readonly refusals: {
    readonly password: StatusCode;
    readonly service: StatusCode;
    readonly altered: StatusCode;
    /** Of the quality `wrapOobData`. */
    readonly outOfBand: StatusCode;
  };
}

/**
 * Wine's secur32, over MIT's library: it announces 49 bytes where AES takes 60, does not know `SECBUFFER_STREAM`, cuts
 * what that library has sealed after as many bytes as the data has, and ignores channel bindings.
 */
export function wine(): KerberosProvider {
  return {
    label: "secur32 of Wine",
    provider: systemProvider(),
    clientFlags: true,
    dceStyle: true,
    onePiece: false,
    takesSpnego: true,
    negotiates: true,
    agrees: true,
    agreesWithMit: true,
    names: false,
    first: "data",
    binds: { client: false, server: false },
    realmInCapitals: true,
    refusals: {
      password: "STATUS_UNSUCCESSFUL",
      service: "SEC_E_INTERNAL_ERROR",
      altered: "SEC_E_MESSAGE_ALTERED",
      outOfBand: "SEC_E_UNSUPPORTED_FUNCTION",
    },
  };
}

/** WinPR 3, over MIT's library too; its server ignores channel bindings. */
function winpr3(): KerberosProvider | undefined {
  const provider = winpr("libwinpr3.so.3");
  return (
    provider && {
      label: "WinPR 3",
      provider,
      clientFlags: false,
      dceStyle: false,
      onePiece: true,
      takesSpnego: false,
      negotiates: true,
      agrees: false,
      agreesWithMit: provider.version?.startsWith("3.10.") ?? false,
      names: false,
      first: "token",
      binds: { client: true, server: false },
      realmOfHost: true,
      refusals: {
        password: "SEC_E_NO_CREDENTIALS",
        service: "SEC_E_NO_CREDENTIALS",
        altered: "SEC_E_INTERNAL_ERROR",
        outOfBand: "SEC_E_QOP_NOT_SUPPORTED",
      },
    }
  );
}

/** The system's own GSSAPI, MIT's: the other providers are built on it. */
export function gssapi(): KerberosProvider {
  return {
    label: "GSSAPI",
    provider: gssapiProvider(),
    clientFlags: true,
    dceStyle: true,
    onePiece: true,
    takesSpnego: false,
    negotiates: true,
    agrees: true,
    agreesWithMit: true,
    names: true,
    first: "token",
    binds: { client: true, server: true },
    refusals: {
      password: "SEC_E_LOGON_DENIED",
      service: "SEC_E_TARGET_UNKNOWN",
      altered: "SEC_E_MESSAGE_ALTERED",
      outOfBand: "SEC_E_QOP_NOT_SUPPORTED",
    },
  };
}

export const kerberosProviders = (process.platform === "win32" ? [wine()] : [gssapi(), winpr3()]).filter(
  (found) => found !== undefined,
);

/**
 * A suite for every provider that has Kerberos, or for those of which a test can show anything: `docs/verified.md` says
 * where it cannot. A missing WinPR 3 is shown as skipped, with the missing file.
 */
export function describeKerberos(
  title: (label: string) => string,
  suite: (on: KerberosProvider) => void,
  where: (on: KerberosProvider) => boolean = () => true,
): void {
  for (const provider of kerberosProviders.filter(where)) describe(title(provider.label), () => suite(provider));
  if (process.platform !== "win32" && !kerberosProviders.some(({ label }) => label === "WinPR 3"))
    describe.skip(title("WinPR 3"), () => it(`${whyMissing("libwinpr3.so.3")}`));
}
