import { type SecurityProvider, type StatusCode, systemProvider } from "../../src/index.ts";

/** An SSPI library that has Kerberos, and in what it differs from others. */
export interface KerberosProvider {
  readonly label: string;
  readonly provider: SecurityProvider;
  /** Whether a client learns what it was granted; servers do everywhere. */
  readonly clientFlags: boolean;
  /** Whether it takes a third leg where DCE style is asked for; else it goes on without. */
  readonly dceStyle: boolean;
  /** Whether its tokens have the size it announces, so that a message may come in one piece. */
  readonly onePiece: boolean;
  /** Whether it has a package that agrees on Kerberos. */
  readonly negotiates: boolean;
  readonly refusals: {
    readonly password: StatusCode;
    readonly service: StatusCode;
    readonly altered: StatusCode;
  };
}

/** Wine's secur32, over MIT's library: it announces 49 bytes where AES takes 60, and knows no `SECBUFFER_STREAM`. */
export function wine(): KerberosProvider {
  return {
    label: "secur32 of Wine",
    provider: systemProvider(),
    clientFlags: true,
    dceStyle: true,
    onePiece: false,
    negotiates: true,
    refusals: { password: "STATUS_UNSUCCESSFUL", service: "SEC_E_INTERNAL_ERROR", altered: "SEC_E_MESSAGE_ALTERED" },
  };
}

/** WinPR 3, over MIT's library too. Backports have it, so a machine may lack it. */
function winpr3(): KerberosProvider | undefined {
  try {
    return {
      label: "WinPR 3",
      provider: systemProvider("libwinpr3.so.3"),
      clientFlags: false,
      dceStyle: false,
      onePiece: true,
      negotiates: true,
      refusals: { password: "SEC_E_NO_CREDENTIALS", service: "SEC_E_NO_CREDENTIALS", altered: "SEC_E_INTERNAL_ERROR" },
    };
  } catch {
    return undefined;
  }
}

export const kerberosProviders: readonly KerberosProvider[] =
  process.platform === "win32" ? [wine()] : [winpr3()].filter((provider) => provider !== undefined);
