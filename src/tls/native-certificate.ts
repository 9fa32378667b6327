import { ERR_LIB_PEM, PEM_R_NO_START_LINE } from "../../generated/openssl/constants.ts";
import type { Address } from "../ctypes/index.ts";
import { Arena, acquired, withArena, writeNarrowSecret } from "../memory/index.ts";
import { lengthOf, type Secret } from "../values/index.ts";
import { isNull, type OpenSsl, openSsl } from "./openssl.ts";
import { failureOf } from "./tls-error.ts";
import { type Pem, type PemCertificate, pemBytes, type TlsCertificate } from "./tls-options.ts";

/** A certificate, its key and its issuers' certificates, each a reference that {@link releaseCertificate} releases. */
interface NativeCertificate {
  readonly certificate: Address;
  readonly key: Address;
  readonly chain: readonly Address[];
}

type PfxCertificate = Extract<TlsCertificate, { readonly pfx: Uint8Array }>;

/**
 * Sets a context's certificate, and returns it in DER.
 *
 * @throws TlsError or TypeError naming `argument` if it cannot be read, or the key does not belong to it
 */
export function useCertificate(context: Address, source: TlsCertificate, argument: string): Buffer {
  const openssl = openSsl();
  openssl.ERR_clear_error();
  const read = "pfx" in source ? readPfx(openssl, source, argument) : readPem(openssl, source, argument);
  try {
    const used = withList(openssl, read.chain, (chain) =>
      openssl.SSL_CTX_use_cert_and_key(context, read.certificate, read.key, chain, 1),
    );
    if (used !== 1) throw failureOf(argument);
    return readDer(openssl, read.certificate);
  } finally {
    releaseCertificate(openssl, read);
  }
}

/** Returns a certificate in DER. */
export function readDer(openssl: OpenSsl, certificate: Address): Buffer {
  const size = openssl.i2d_X509(certificate, 0);
  const arena = new Arena(((size + 15) & ~15) + 16);
  const place = arena.allocate(16);
  const room = arena.allocate(size);
  place.putPointer(0, room.address);
  openssl.i2d_X509(certificate, place.address);
  return Buffer.from(room.bytes());
}

/**
 * Calls `work` with each certificate of a PEM text, and returns their number.
 *
 * @throws TlsError for one that cannot be read
 */
export function eachCertificate(pem: Pem, argument: string, work: (certificate: Address) => void): number {
  const openssl = openSsl();
  const bytes = pemBytes(pem, argument);
  const all = withBytes(openssl, bytes, (bio) => certificatesIn(openssl, bio, argument));
  try {
    for (const certificate of all) work(certificate);
    return all.length;
  } finally {
    for (const certificate of all) openssl.X509_free(certificate);
  }
}

/** An error's number combines the numbers of its library and its reason. */
const endOfPem = (BigInt(ERR_LIB_PEM) << 23n) | BigInt(PEM_R_NO_START_LINE);

/**
 * Reads all certificates or throws: a skipped one would be missing from a chain, or from the trusted ones.
 *
 * @throws TlsError
 */
function certificatesIn(openssl: OpenSsl, bio: Address, argument: string): Address[] {
  openssl.ERR_clear_error();
  const all: Address[] = [];
  for (;;) {
    const next = openssl.PEM_read_bio_X509(bio, 0, 0, 0);
    if (isNull(next)) break;
    all.push(next);
  }
  if (BigInt(openssl.ERR_peek_error()) === endOfPem) {
    openssl.ERR_clear_error();
    return all;
  }
  for (const certificate of all) openssl.X509_free(certificate);
  throw failureOf(argument);
}

function readPem(
  openssl: OpenSsl,
  { cert, key, passphrase = "" }: PemCertificate,
  argument: string,
): NativeCertificate {
  const name = `${argument}.cert`;
  const [certificate, ...chain] = withBytes(openssl, pemBytes(cert, name), (bio) => certificatesIn(openssl, bio, name));
  if (certificate === undefined) throw new TypeError(`${name}: expected a certificate in PEM, found none`);
  try {
    return { certificate, key: readKey(openssl, key, passphrase, `${argument}.key`), chain };
  } catch (error) {
    releaseCertificate(openssl, { certificate, key: 0, chain });
    throw error;
  }
}

/** As long as OpenSSL's buffer for a passphrase. */
const otherPassphrase = "x".repeat(1023);

/** @throws TlsError if the key cannot be read */
function readKey(openssl: OpenSsl, pem: Pem, passphrase: Secret, argument: string): Address {
  const read = (secret: Secret): Address =>
    withBytes(openssl, pem, (bio, arena) =>
      // Without a passphrase OpenSSL would ask the terminal for one.
      openssl.PEM_read_bio_PrivateKey(bio, 0, 0, writeNarrowSecret(arena, secret).address),
    );
  const key = read(passphrase);
  const failure = isNull(key) ? failureOf(argument) : undefined;
  if (passphrase.length > 0) {
    // OpenSSL leaves the passphrase on its stack; a second call overwrites it with this one.
    const again = read(otherPassphrase);
    if (!isNull(again)) openssl.EVP_PKEY_free(again);
    openssl.ERR_clear_error();
  }
  if (failure) throw failure;
  return key;
}

function readPfx(openssl: OpenSsl, { pfx, passphrase = "" }: PfxCertificate, argument: string): NativeCertificate {
  const name = `${argument}.pfx`;
  return withBytes(openssl, pfx, (bio, arena) => {
    const parsed = openssl.d2i_PKCS12_bio(bio, 0);
    if (isNull(parsed)) throw failureOf(name);
    const cells = arena.allocate(32);
    cells.zero();
    const [keyAt, certificateAt, listAt] = [cells.address, cells.address + 8, cells.address + 16];
    const taken = openssl.PKCS12_parse(
      parsed,
      writeNarrowSecret(arena, passphrase).address,
      keyAt,
      certificateAt,
      listAt,
    );
    openssl.PKCS12_free(parsed);
    if (taken !== 1) throw failureOf(name);
    const pointerAt = (address: number): number => cells.arena.getPointer(cells.offset + address - cells.address);
    const list = pointerAt(listAt);
    const read = { certificate: pointerAt(certificateAt), key: pointerAt(keyAt), chain: entries(openssl, list) };
    countTaken(read, list);
    if (!isNull(list)) openssl.OPENSSL_sk_free(list);
    if (!isNull(read.key) && !isNull(read.certificate)) return read;
    releaseCertificate(openssl, read);
    throw new TypeError(`${name}: expected a certificate and its private key, found only one of them`);
  });
}

/**
 * Counts the objects that PKCS12_parse returned: it returns them through parameters, where `live()` does not see them.
 */
function countTaken({ certificate, key, chain }: NativeCertificate, list: Address): void {
  for (const one of [certificate, ...chain]) if (!isNull(one)) acquired("X509_free");
  if (!isNull(key)) acquired("EVP_PKEY_free");
  if (!isNull(list)) acquired("OPENSSL_sk_free");
}

function releaseCertificate(openssl: OpenSsl, { certificate, key, chain }: NativeCertificate): void {
  for (const one of [certificate, ...chain]) if (!isNull(one)) openssl.X509_free(one);
  if (!isNull(key)) openssl.EVP_PKEY_free(key);
}

/** Reads the entries of a list without taking ownership of the list. */
export function entries(openssl: OpenSsl, list: Address): Address[] {
  if (isNull(list)) return [];
  return Array.from({ length: openssl.OPENSSL_sk_num(list) }, (_, index) => openssl.OPENSSL_sk_value(list, index));
}

function withList<T>(openssl: OpenSsl, all: readonly Address[], work: (list: Address) => T): T {
  if (all.length === 0) return work(0);
  const list = openssl.OPENSSL_sk_new_null();
  try {
    for (const one of all) openssl.OPENSSL_sk_push(list, one);
    return work(list);
  } finally {
    openssl.OPENSSL_sk_free(list);
  }
}

/** Calls `work` with a BIO over a copy of bytes or text; the copy is zeroed afterwards. */
function withBytes<T>(openssl: OpenSsl, source: Pem, work: (bio: Address, arena: Arena) => T): T {
  return withArena((typeof source === "string" ? source.length : lengthOf(source)) + 4096, (arena) => {
    const { address, size } = writeNarrowSecret(arena, source);
    const bio = openssl.BIO_new_mem_buf(address, size - 1);
    if (isNull(bio)) throw failureOf("BIO_new_mem_buf");
    try {
      return work(bio, arena);
    } finally {
      openssl.BIO_free(bio);
    }
  });
}
