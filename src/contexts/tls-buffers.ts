import {
  SEC_APP_SESSION_STATE,
  SEC_CERTIFICATE_REQUEST_CONTEXT,
  SEC_DTLS_MTU,
  SEC_PRESHAREDKEY,
  SEC_PRESHAREDKEY_IDENTITY,
  SEC_SESSION_TICKET,
  SEC_SRTP_MASTER_KEY_IDENTIFIER,
  SEC_SRTP_PROTECTION_PROFILES,
  SEC_TOKEN_BINDING,
} from "../../generated/sspi/structs.ts";
import { hostAbi } from "../ctypes/index.ts";
import { checkUint } from "../values/index.ts";
import { type ApplicationProtocols, applicationProtocolBytes } from "./application-protocols.ts";
import { type ContentKinds, checkNumbers, sizedContent, writeContent } from "./buffer-content.ts";

/** What legs of TLS and DTLS take, by name. */
export interface TlsContents {
  /** `SECBUFFER_APPLICATION_PROTOCOLS` */
  applicationProtocols: ApplicationProtocols;
  /** `SECBUFFER_SRTP_PROTECTION_PROFILES`: what DTLS-SRTP offers (RFC 5764), the preferred one first. */
  srtpProtectionProfiles: { readonly profiles: readonly number[] };
  /** `SECBUFFER_SRTP_MASTER_KEY_IDENTIFIER`, at most 255 bytes. */
  srtpMasterKeyIdentifier: { readonly bytes: Uint8Array };
  /** `SECBUFFER_TOKEN_BINDING`: version and kinds of key of Token Binding (RFC 8472), the preferred one first. */
  tokenBinding: { readonly major: number; readonly minor: number; readonly keyParameters: readonly number[] };
  /** `SECBUFFER_PRESHARED_KEY`, at most 65535 bytes. */
  presharedKey: { readonly bytes: Uint8Array };
  /** `SECBUFFER_PRESHARED_KEY_IDENTITY`: which key is meant, at most 65535 bytes. */
  presharedKeyIdentity: { readonly bytes: Uint8Array };
  /** `SECBUFFER_DTLS_MTU`: the largest datagram, in bytes. */
  dtlsMtu: { readonly size: number };
  /** `SECBUFFER_CERTIFICATE_REQUEST_CONTEXT`, at most 255 bytes. */
  certificateRequestContext: { readonly bytes: Uint8Array };
  /** `SECBUFFER_APP_SESSION_STATE`: what a server keeps in a session ticket for itself, at most 65535 bytes. */
  appSessionState: { readonly bytes: Uint8Array };
  /** `SECBUFFER_SESSION_TICKET`: resumes a session, at most 65535 bytes. */
  sessionTicket: { readonly bytes: Uint8Array };
}

export const tlsKinds: ContentKinds<TlsContents> = {
  applicationProtocols: {
    names: { alpn: true, npn: true },
    write: (arena, content, argument) => arena.write(applicationProtocolBytes(content, argument)),
  },
  srtpProtectionProfiles: {
    names: { profiles: true },
    write(arena, { profiles }, argument) {
      const given = checkNumbers(profiles, `${argument}.profiles`, 0xffff, 0x7fff);
      // In network byte order.
      const bytes = Uint8Array.from(given.flatMap((profile) => [profile >> 8, profile & 0xff]));
      return writeContent(arena, SEC_SRTP_PROTECTION_PROFILES, { ProfilesSize: bytes.length }, "ProfilesList", bytes);
    },
  },
  srtpMasterKeyIdentifier: sizedContent(
    SEC_SRTP_MASTER_KEY_IDENTIFIER,
    "MasterKeyIdentifierSize",
    "MasterKeyIdentifier",
    0xff,
  ),
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
  dtlsMtu: {
    names: { size: true },
    write(arena, { size }, argument) {
      const room = arena.allocate(SEC_DTLS_MTU.layouts[hostAbi].size);
      const PathMTU = checkUint(size, `${argument}.size`, 0xffff);
      SEC_DTLS_MTU.write(room.arena.view, { PathMTU }, room.offset);
      return room;
    },
  },
  certificateRequestContext: sizedContent(
    SEC_CERTIFICATE_REQUEST_CONTEXT,
    "cbCertificateRequestContext",
    "rgCertificateRequestContext",
    0xff,
  ),
  appSessionState: sizedContent(SEC_APP_SESSION_STATE, "AppSessionStateSize", "AppSessionState"),
  sessionTicket: sizedContent(SEC_SESSION_TICKET, "SessionTicketSize", "SessionTicket"),
};
