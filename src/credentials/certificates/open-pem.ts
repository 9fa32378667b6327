import { createPrivateKey, type KeyObject, randomUUID, X509Certificate } from "node:crypto";
import {
  AT_KEYEXCHANGE,
  CERT_KEY_PROV_INFO_PROP_ID,
  CRYPT_MACHINE_KEYSET,
  CRYPT_NEWKEYSET,
  MS_ENH_RSA_AES_PROV_W,
  PROV_RSA_AES,
  X509_ASN_ENCODING,
} from "../../../generated/wincrypt/constants.ts";
import { CRYPT_KEY_PROV_INFO } from "../../../generated/wincrypt/structs.ts";
import { hostAbi } from "../../ctypes/index.ts";
import { Cell, secretRoom, withArena, writeWideString } from "../../memory/index.ts";
import {
  checkBytes,
  checkName,
  checkSecret,
  checkText,
  isBytes,
  type OptionNames,
  readOptions,
  type Secret,
} from "../../values/index.ts";
import { answered } from "./certificate-error.ts";
import type { CertificateFunctions } from "./certificate-functions.ts";
import { HeldCertificate } from "./held-certificate.ts";
import { checkIssuerPlace, type IssuerOptions, withIssuers } from "./install-issuers.ts";
import { forgetKey, type KeyPlace } from "./private-key.ts";
import { rsaKeyBlob } from "./rsa-key-blob.ts";

/** Options for opening a certificate and its private key in PEM. */
export interface PemOptions extends IssuerOptions {
  /** The passphrase of an encrypted private key. */
  readonly passphrase?: Secret;
  /**
   * Where the key is kept while the certificate is open: in a container of the `user` (the default) or of the
   * `machine`.
   */
  readonly keys?: "user" | "machine";
}

const pemNames: OptionNames<PemOptions> = { passphrase: true, keys: true, installIssuers: true };

/** @throws TypeError, RangeError, CertificateError, FunctionNotFoundError; never with the key. */
export function openPem(
  functions: CertificateFunctions,
  certificate: Secret,
  privateKey: Secret,
  options: PemOptions,
): HeldCertificate {
  const { passphrase, keys = "user", installIssuers } = readOptions<PemOptions>(options, "options", pemNames);
  const place = checkIssuerPlace(installIssuers);
  const der = certificateIn(certificate);
  const key = keyIn(privateKey, passphrase);
  const machine = checkName(keys, "keys", ["user", "machine"]) === "machine";
  if (!der.checkPrivateKey(key)) throw new RangeError("key: expected the private key of the certificate, got another");
  const keyPlace = { container: randomUUID(), provider: MS_ENH_RSA_AES_PROV_W, providerType: PROV_RSA_AES, machine };
  const context = contextOf(functions, der);
  try {
    importKey(functions, key, keyPlace);
    try {
      nameKey(functions, context, keyPlace);
    } catch (error) {
      forgetKey(functions, keyPlace);
      throw error;
    }
  } catch (error) {
    functions.CertFreeCertificateContext(context);
    throw error;
  }
  const held = new HeldCertificate(functions, context, 0n, () => forgetKey(functions, keyPlace));
  return withIssuers(held, place, (add) => {
    for (const issuer of issuersIn(certificate)) addIssuer(functions, issuer, add);
  });
}

/** Makes a certificate context, which the caller frees. */
function contextOf(functions: CertificateFunctions, { raw }: X509Certificate): bigint {
  return withArena(raw.length, (arena) => {
    const { address } = arena.write(raw);
    const create = () => functions.CertCreateCertificateContext(X509_ASN_ENCODING, address, raw.length);
    return answered("CertCreateCertificateContext", create, "Windows does not read the certificate");
  });
}

function addIssuer(functions: CertificateFunctions, issuer: X509Certificate, add: (context: bigint) => void): void {
  const context = contextOf(functions, issuer);
  try {
    add(context);
  } finally {
    functions.CertFreeCertificateContext(context);
  }
}

const begin = "-----BEGIN CERTIFICATE-----";

/** The certificates after the first one. */
function issuersIn(pem: Secret): readonly X509Certificate[] {
  const bytes = Buffer.from(pem);
  const blocks: Buffer[] = [];
  for (let at = bytes.indexOf(begin); at >= 0; at = bytes.indexOf(begin, at + begin.length))
    blocks.push(bytes.subarray(at));
  return blocks.slice(1).map(certificateIn);
}

/** Checks that the argument is text or bytes. PEM need not be UTF-8: any bytes may stand before and after it. */
function checkPem(pem: unknown, argument: string): Secret {
  return isBytes(pem) ? checkBytes(pem, argument) : checkText(pem, argument);
}

function certificateIn(given: Secret): X509Certificate {
  const pem = checkPem(given, "certificate");
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new RangeError("certificate: expected a certificate in PEM", { cause });
  }
}

function keyIn(given: Secret, passphrase: Secret | undefined): KeyObject {
  const pem = checkPem(given, "key");
  if (passphrase !== undefined) checkSecret(passphrase, "passphrase");
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: viewed(pem), ...(passphrase !== undefined && { passphrase: viewed(passphrase) }) });
  } catch {
    // Do not pass on OpenSSL's message: it may contain parts of the key.
    throw new RangeError("key: expected a private key in PEM, and its passphrase where it is encrypted");
  }
  if (key.asymmetricKeyType === "rsa") return key;
  throw new RangeError(`key: expected one of RSA, got ${key.asymmetricKeyType}; a PFX may have any`);
}

/** Passes bytes as a Buffer, because node:crypto copies a Buffer's bytes and zeroes the copy. */
function viewed(secret: Secret): string | Buffer {
  return typeof secret === "string" ? secret : Buffer.from(secret.buffer, secret.byteOffset, secret.length);
}

/** Imports the key into a container of its own. */
function importKey(functions: CertificateFunctions, key: KeyObject, place: KeyPlace): void {
  const der = key.export({ type: "pkcs1", format: "der" });
  let blob = secretRoom(0);
  try {
    blob = rsaKeyBlob(der);
    withArena(blob.length + 512, (arena) => {
      const [opened, imported] = [new Cell(), new Cell()];
      const names = [place.container, place.provider].map((name) => writeWideString(arena, name).address);
      const flags = CRYPT_NEWKEYSET | (place.machine ? CRYPT_MACHINE_KEYSET : 0);
      const acquire = () => functions.CryptAcquireContextW(opened.address, ...names, place.providerType, flags);
      answered("CryptAcquireContextW", acquire, "no container for the key was made");
      const container = opened.pointer;
      try {
        const { address } = arena.write(blob);
        const load = () => functions.CryptImportKey(container, address, blob.length, 0, 0, imported.address);
        answered("CryptImportKey", load, "the key was not taken");
        functions.CryptDestroyKey(imported.pointer);
      } catch (error) {
        forgetKey(functions, place);
        throw error;
      } finally {
        functions.CryptReleaseContext(container, 0);
      }
    });
  } finally {
    der.fill(0);
    blob.fill(0);
  }
}

/** Records in the certificate where its key is. */
function nameKey(functions: CertificateFunctions, context: bigint, place: KeyPlace): void {
  withArena(512, (arena) => {
    const room = arena.allocate(CRYPT_KEY_PROV_INFO.layouts[hostAbi].size);
    const fields = {
      pwszContainerName: BigInt(writeWideString(arena, place.container).address),
      pwszProvName: BigInt(writeWideString(arena, place.provider).address),
      dwProvType: place.providerType,
      dwFlags: place.machine ? CRYPT_MACHINE_KEYSET : 0,
      dwKeySpec: AT_KEYEXCHANGE,
    };
    CRYPT_KEY_PROV_INFO.write(room.arena.view, fields, room.offset);
    const set = () => functions.CertSetCertificateContextProperty(context, CERT_KEY_PROV_INFO_PROP_ID, 0, room.address);
    answered("CertSetCertificateContextProperty", set, "the certificate does not take its key");
  });
}
