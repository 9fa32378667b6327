import { ContextStateError, RequirementError } from "../../contexts/index.ts";
import { DisposedError } from "../../memory/index.ts";
import { SspiError, type StatusCode } from "../../status/index.ts";
import { HttpAuthenticationError } from "../http-authentication-error.ts";

/** Advice on the most likely cause, by the status of the package. */
const advice: Partial<Readonly<Record<StatusCode, string>>> = {
  SEC_E_TIME_SKEW: "the clocks of this machine and of the client's domain differ by more than they may",
  SEC_E_LOGON_DENIED: "the password is wrong, or the account may not log on here",
  SEC_E_NO_CREDENTIALS:
    "no key here fits the ticket: is the service principal name HTTP/host in the keytab, or set for this account?",
  SEC_E_WRONG_PRINCIPAL:
    "the ticket is for another service principal name than the one that this server has the key of",
  SEC_E_TARGET_UNKNOWN:
    "no key here fits the ticket: is the service principal name HTTP/host in the keytab, or set for this account?",
  SEC_E_NO_KERB_KEY: "the account that this server runs as has no Kerberos key",
  SEC_E_KDC_UNABLE_TO_REFER: "the client's domain is unknown here",
  SEC_E_INVALID_TOKEN:
    "the token is damaged, belongs to another handshake, or is of a mechanism that the package does not know",
  SEC_E_MESSAGE_ALTERED: "the password or the key is another one, or the token was changed on its way",
  SEC_E_DECRYPT_FAILURE:
    "the key of the service principal name has changed since the client got its ticket, or is another one",
  SEC_E_CONTEXT_EXPIRED: "the ticket has expired",
  SEC_E_NO_AUTHENTICATING_AUTHORITY: "no domain controller answered",
};

/** Returns the refusal for a leg that failed. Errors of the caller or of this library are returned unchanged. */
export function refusalOf(error: unknown): unknown {
  if (error instanceof SspiError) {
    if (error.code === "SEC_E_BAD_BINDINGS") return new HttpAuthenticationError("wrong-channel", { cause: error });
    const detail = advice[error.code];
    return new HttpAuthenticationError("refused", { cause: error, ...(detail !== undefined && { detail }) });
  }
  // The handshake was given up, or its connection closed, during the leg.
  if (error instanceof DisposedError || error instanceof ContextStateError)
    return new HttpAuthenticationError("interrupted", { cause: error });
  if (error instanceof RequirementError) return new HttpAuthenticationError("refused", { cause: error });
  return error;
}

/** Returns the error token that the package made for the client. */
export function errorTokenOf(refusal: HttpAuthenticationError): Uint8Array | undefined {
  return refusal.cause instanceof SspiError && refusal.cause.token?.length ? refusal.cause.token : undefined;
}
