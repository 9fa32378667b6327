import { TLS1_3_VERSION, TLSEXT_NAMETYPE_host_name } from "../../generated/openssl/constants.ts";
import type { Address } from "../ctypes/index.ts";
import { Cell } from "../memory/index.ts";
import { copyOut, readAnsiString } from "../native/index.ts";
import { openSsl } from "./openssl.ts";
import type { TlsVersion } from "./tls-options.ts";

/** The maximum data in one record, in bytes. */
export const recordSize = 0x4000;

/** The parameters that the two sides of a connection agreed on. */
export interface TlsAgreement {
  readonly version: TlsVersion;
  /** `id` is the suite's number on the wire, `bits` the strength of its key. */
  readonly cipher: { readonly name: string; readonly id: number; readonly bits: number };
  /** The maximum data in a record of this side, in bytes: 16,384, or less if a client asked for that. */
  readonly longestData: number;
  /** The application protocol; undefined if none was agreed on. */
  readonly alpn: string | undefined;
  /** The name that the client asked for (SNI); undefined if it named none. */
  readonly servername: string | undefined;
}

/** Reads the agreement; call this only when the handshake is complete. */
export function readAgreement(ssl: Address): TlsAgreement {
  const openssl = openSsl();
  const cipher = openssl.SSL_get_current_cipher(ssl);
  const name = openssl.SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  return {
    version: openssl.SSL_version(ssl) === TLS1_3_VERSION ? "tls1.3" : "tls1.2",
    cipher: {
      name: readAnsiString(BigInt(openssl.SSL_CIPHER_get_name(cipher))),
      id: openssl.SSL_CIPHER_get_protocol_id(cipher),
      bits: openssl.SSL_CIPHER_get_bits(cipher, 0),
    },
    longestData: readLongestData(ssl),
    alpn: readProtocol(ssl),
    servername: readAnsiString(BigInt(name)) || undefined,
  };
}

/**
 * The maximum data in a record. OpenSSL accepts a client's request for shorter records (RFC 6066, 4): codes 1 to 4 are
 * powers of two from 512 on.
 */
function readLongestData(ssl: Address): number {
  const openssl = openSsl();
  const asked = openssl.SSL_SESSION_get_max_fragment_length(openssl.SSL_get_session(ssl));
  return asked >= 1 && asked <= 4 ? 1 << (8 + asked) : recordSize;
}

function readProtocol(ssl: Address): string | undefined {
  const [name, length] = [new Cell(), new Cell()];
  openSsl().SSL_get0_alpn_selected(ssl, name.address, length.address);
  return length.uint32 === 0 ? undefined : Buffer.from(copyOut(name.pointer, length.uint32)).toString();
}
