import {
  SEC_APP_SESSION_STATE,
  SEC_CERTIFICATE_REQUEST_CONTEXT,
  SEC_PRESHAREDKEY,
  SEC_PRESHAREDKEY_IDENTITY,
  SEC_SESSION_TICKET,
  SEC_TOKEN_BINDING,
} from "../../../generated/sspi/structs.ts";
import { checkUint } from "../../values/index.ts";
import { type ApplicationProtocols, applicationProtocolBytes } from "./application-protocols.ts";
import { type ContentKinds, checkNumbers, sizedContent, writeContent } from "./buffer-content.ts";

/** The additional input of TLS legs, by name. */
export interface TlsContents {
  /** `SECBUFFER_APPLICATION_PROTOCOLS` */
  applicationProtocols: ApplicationProtocols;
  /** `SECBUFFER_TOKEN_BINDING`: version and key parameters of Token Binding (RFC 8472), the preferred one first. */
  tokenBinding: { readonly major: number; readonly minor: number; readonly keyParameters: readonly number[] };
  /** `SECBUFFER_PRESHARED_KEY`, at most 65535 bytes. */
  presharedKey: { readonly bytes: Uint8Array };
  /** `SECBUFFER_PRESHARED_KEY_IDENTITY`: the identity of the preshared key, at most 65535 bytes. */
  presharedKeyIdentity: { readonly bytes: Uint8Array };
  /** `SECBUFFER_CERTIFICATE_REQUEST_CONTEXT`, at most 255 bytes. */
  certificateRequestContext: { readonly bytes: Uint8Array };
  /** `SECBUFFER_APP_SESSION_STATE`: application data that a server keeps in a session ticket, at most 65535 bytes. */
  appSessionState: { readonly bytes: Uint8Array };
  /** `SECBUFFER_SESSION_TICKET`: resumes a session, at most 65535 bytes. */
  sessionTicket: { readonly bytes: Uint8Array };
}

export const tlsKinds: ContentKinds<TlsContents> = {
  applicationProtocols: {
    names: { alpn: true, npn: true },
    write: (arena, content, argument) => arena.write(applicationProtocolBytes(content, argument)),
  },
  tokenBinding: {
    names: { major: true, minor: true, keyParameters: true },
    write(arena, { major, minor, keyParameters }, argument) {
      const bytes = Uint8Array.from(checkNumbers(keyParameters, `${argument}.keyParameters`, 0xff, 0xffff));
      const fields = {
        MajorVersion: checkUint(major, `${argument}.major`, 0xff),
        MinorVersion: checkUint(minor, `${argument}.minor`, 0xff),
        KeyParametersSize: bytes.length,
      };
      return writeContent(arena, SEC_TOKEN_BINDING, fields, "KeyParameters", bytes);
    },
  },
  presharedKey: sizedContent(SEC_PRESHAREDKEY, "KeySize", "Key"),
  presharedKeyIdentity: sizedContent(SEC_PRESHAREDKEY_IDENTITY, "KeyIdentitySize", "KeyIdentity"),
  certificateRequestContext: sizedContent(
    SEC_CERTIFICATE_REQUEST_CONTEXT,
    "cbCertificateRequestContext",
    "rgCertificateRequestContext",
    0xff,
  ),
  appSessionState: sizedContent(SEC_APP_SESSION_STATE, "AppSessionStateSize", "AppSessionState"),
  sessionTicket: sizedContent(SEC_SESSION_TICKET, "SessionTicketSize", "SessionTicket"),
};
