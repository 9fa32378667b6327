import { SSL_CTX_alpn_select_cb_func, SSL_verify_cb, tls_message_callback } from "../../generated/openssl/callbacks.ts";
import {
  SSL_TLSEXT_ERR_ALERT_FATAL,
  SSL_TLSEXT_ERR_OK,
  SSL_VERIFY_PEER,
  SSL3_RT_HANDSHAKE,
} from "../../generated/openssl/constants.ts";
import type { Address } from "../ctypes/index.ts";
import { copyOut, type NativeCallback, registerCallback, writePointer, writeUint8 } from "../native/index.ts";
import { openSsl } from "./openssl.ts";
import type { TlsOptions } from "./tls-options.ts";

/**
 * The callbacks of a context that OpenSSL calls during its connections; only those that the options need are
 * registered.
 */
export class TlsCallbacks {
  /** Handshake messages received since the last call that took them, each with its four-byte header. */
  readonly messages: Buffer[] = [];
  readonly #registered: NativeCallback[] = [];

  install(context: Address, options: TlsOptions): void {
    const openssl = openSsl();
    if (options.side === "server" && options.alpn)
      openssl.SSL_CTX_set_alpn_select_cb(context, this.#alpn(options.alpn), 0);
    if (options.side === "server" && options.clientCertificates === "request")
      openssl.SSL_CTX_set_verify(context, SSL_VERIFY_PEER, this.#anyCertificate());
    if (options.showMessages) openssl.SSL_CTX_set_msg_callback(context, this.#messages());
  }

  release(): void {
    for (const callback of this.#registered) callback.release();
  }

  #keep(callback: NativeCallback): bigint {
    this.#registered.push(callback);
    return callback.address;
  }

  /** Selects by the server's order of preference; a client that offers none of the names gets an alert. */
  #alpn(names: readonly string[]): bigint {
    const choose = (_ssl: unknown, out: Address, outLength: Address, offered: Address, size: number): number => {
      const places = protocolPlaces(copyOut(offered, size));
      const chosen = names.find((name) => places.has(name));
      if (chosen === undefined) return SSL_TLSEXT_ERR_ALERT_FATAL;
      // OpenSSL copies the name out of the client's list immediately.
      writePointer(out, BigInt(offered) + BigInt(places.get(chosen) as number));
      writeUint8(outLength, Buffer.byteLength(chosen));
      return SSL_TLSEXT_ERR_OK;
    };
    return this.#keep(registerCallback(SSL_CTX_alpn_select_cb_func, choose, { failure: SSL_TLSEXT_ERR_ALERT_FATAL }));
  }

  /** Accepts every chain: OpenSSL records what is wrong with it, and the user of the connection decides. */
  #anyCertificate(): bigint {
    return this.#keep(registerCallback(SSL_verify_cb, () => 1, { failure: 0 }));
  }

  #messages(): bigint {
    const keep = (written: number, _version: number, type: number, bytes: Address, size: Address): void => {
      if (written === 0 && type === SSL3_RT_HANDSHAKE) this.messages.push(Buffer.from(copyOut(bytes, Number(size))));
    };
    return this.#keep(registerCallback(tls_message_callback, keep));
  }
}

/** The offset of each name in a list of length-prefixed names. */
function protocolPlaces(list: Uint8Array): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (let at = 0; at < list.length; ) {
    const end = at + 1 + (list[at] as number);
    places.set(Buffer.from(list.subarray(at + 1, end)).toString(), at + 1);
    at = end;
  }
  return places;
}
