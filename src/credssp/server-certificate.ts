import { X509Certificate } from "node:crypto";
import { copyOfSecret } from "../memory/index.ts";
import type { Pem, TlsCertificate } from "../tls/index.ts";
import { checkBytes, checkSecret, isBytes, type OptionNames, readOptions } from "../values/index.ts";
import { subjectPublicKey } from "./public-key-binding.ts";

type CertificateParts = Partial<
  Record<"cert" | "key", Pem> & Record<"pfx", Uint8Array> & Pick<TlsCertificate, "passphrase">
>;

const names: OptionNames<CertificateParts> = { cert: true, key: true, pfx: true, passphrase: true };

/**
 * Returns a checked copy; byte arrays in it still belong to the caller.
 *
 * @throws TypeError or RangeError naming the option
 */
export function readCertificate(given: TlsCertificate, argument: string): TlsCertificate {
  const parts = readOptions<CertificateParts>(given, argument, names);
  const { cert, key, pfx, passphrase } = parts;
  const secret = passphrase === undefined ? {} : { passphrase: checkSecret(passphrase, `${argument}.passphrase`) };
  if (pfx === undefined)
    return { cert: checkPem(cert, `${argument}.cert`), key: checkPem(key, `${argument}.key`), ...secret };
  if (cert !== undefined || key !== undefined)
    throw new RangeError(`${argument}: expected { cert, key } or { pfx }, got both`);
  return { pfx: checkBytes(pfx, `${argument}.pfx`), ...secret };
}

function checkPem(pem: Pem | undefined, argument: string): Pem {
  return typeof pem === "string" ? pem : checkBytes(pem, argument);
}

/**
 * The SubjectPublicKey of a DER certificate, or of the first one in a PEM text.
 *
 * @throws RangeError naming `argument`
 */
export function keyOf(certificate: Pem, argument: string): Buffer {
  try {
    return subjectPublicKey(new X509Certificate(Buffer.from(certificate)).publicKey);
  } catch (cause) {
    throw new RangeError(`${argument}: expected a certificate in PEM, got something else`, { cause });
  }
}

/** A certificate for repeated use: its secrets are copied, so that the caller may zero its own. */
export class KeptCertificate {
  readonly #copies: Uint8Array[] = [];
  /** Valid until it is closed. */
  readonly certificate: TlsCertificate;

  constructor(given: TlsCertificate) {
    const { passphrase } = given;
    const secret = passphrase === undefined ? {} : { passphrase: this.#copy(passphrase) };
    this.certificate =
      "pfx" in given
        ? { pfx: this.#copy(given.pfx), ...secret }
        : { cert: this.#copy(given.cert), key: this.#copy(given.key), ...secret };
  }

  /** Zeroes the copies. */
  close(): void {
    for (const copy of this.#copies) copy.fill(0);
  }

  #copy<T extends Pem>(value: T): T {
    if (!isBytes(value)) return value;
    const copy = copyOfSecret(value);
    this.#copies.push(copy);
    return copy as Uint8Array as T;
  }
}
