import { createHash } from "node:crypto";
import { checkBytes, DerReader, readObjectIdentifier } from "../../values/index.ts";
import type { ChannelBindings } from "./channel-bindings.ts";

const rsa = "1.2.840.113549.1.1.";
const nist = "2.16.840.1.101.3.4.";

/** The hash function for each signature algorithm; RFC 5929 requires SHA-256 where the signature uses MD5 or SHA-1. */
const hashOfSignature: Readonly<Record<string, string>> = {
  [`${rsa}4`]: "sha256",
  [`${rsa}5`]: "sha256",
  "1.3.14.3.2.29": "sha256",
  "1.2.840.10040.4.3": "sha256",
  "1.2.840.10045.4.1": "sha256",
  [`${rsa}11`]: "sha256",
  [`${rsa}12`]: "sha384",
  [`${rsa}13`]: "sha512",
  [`${rsa}14`]: "sha224",
  [`${rsa}15`]: "sha512-224",
  [`${rsa}16`]: "sha512-256",
  "1.2.840.10045.4.3.1": "sha224",
  "1.2.840.10045.4.3.2": "sha256",
  "1.2.840.10045.4.3.3": "sha384",
  "1.2.840.10045.4.3.4": "sha512",
  [`${nist}3.1`]: "sha224",
  [`${nist}3.2`]: "sha256",
  [`${nist}3.3`]: "sha384",
  [`${nist}3.4`]: "sha512",
  [`${nist}3.9`]: "sha3-224",
  [`${nist}3.10`]: "sha3-256",
  [`${nist}3.11`]: "sha3-384",
  [`${nist}3.12`]: "sha3-512",
  [`${nist}3.13`]: "sha3-224",
  [`${nist}3.14`]: "sha3-256",
  [`${nist}3.15`]: "sha3-384",
  [`${nist}3.16`]: "sha3-512",
};

/** The hash functions that the parameters of RSASSA-PSS can name. */
const hashOfPss: Readonly<Record<string, string>> = {
  "1.2.840.113549.2.5": "sha256",
  "1.3.14.3.2.26": "sha256",
  [`${nist}2.1`]: "sha256",
  [`${nist}2.2`]: "sha384",
  [`${nist}2.3`]: "sha512",
  [`${nist}2.4`]: "sha224",
  [`${nist}2.5`]: "sha512-224",
  [`${nist}2.6`]: "sha512-256",
  [`${nist}2.7`]: "sha3-224",
  [`${nist}2.8`]: "sha3-256",
  [`${nist}2.9`]: "sha3-384",
  [`${nist}2.10`]: "sha3-512",
};
const pss = `${rsa}10`;
const sequenceTag = 0x30;
const bitStringTag = 0x03;
const explicitHashTag = 0xa0;

const withoutHash: Readonly<Record<string, string>> = { "1.3.101.112": " (Ed25519)", "1.3.101.113": " (Ed448)" };

/**
 * The channel bindings `tls-server-end-point` of a TLS connection: a hash of the server's certificate, with the hash
 * function of the certificate's signature. Both sides give the same bindings to their contexts, so that an
 * authentication that an attacker relays from another connection fails.
 *
 * @param certificate the server's certificate as DER: `socket.getPeerCertificate().raw` on a client,
 * `socket.getCertificate().raw` on a server.
 * @throws TypeError or RangeError for bytes that are not a certificate, and for a certificate whose signature algorithm
 * names no hash function, such as Ed25519: RFC 5929 defines no bindings for it.
 * @see RFC 5929, section 4 https://www.rfc-editor.org/rfc/rfc5929#section-4
 */
export function serverEndPoint(certificate: Uint8Array): ChannelBindings {
  const der = checkBytes(certificate, "certificate");
  const hash = createHash(hashFunctionOf(der)).update(der).digest();
  return { applicationData: Buffer.concat([Buffer.from("tls-server-end-point:"), hash]) };
}

function hashFunctionOf(der: Uint8Array): string {
  const { algorithm, parameters } = signatureAlgorithmOf(der);
  const named = algorithm === pss ? pssHash(parameters) : { algorithm, hash: hashOfSignature[algorithm] };
  if (named.hash !== undefined) return named.hash;
  throw new RangeError(
    `certificate: the signature algorithm ${named.algorithm}${withoutHash[named.algorithm] ?? ""} has no hash function that tls-server-end-point is defined with (RFC 5929)`,
  );
}

interface SignatureAlgorithm {
  readonly algorithm: string;
  readonly parameters: DerReader;
}

/** `Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue }` */
function signatureAlgorithmOf(der: Uint8Array): SignatureAlgorithm {
  try {
    const outer = new DerReader(der);
    const certificate = outer.enter(sequenceTag);
    outer.end();
    certificate.enter(sequenceTag);
    const identifier = certificate.enter(sequenceTag);
    certificate.take(bitStringTag);
    certificate.end();
    return { algorithm: readObjectIdentifier(identifier), parameters: identifier };
  } catch (error) {
    const pem = Buffer.from(der.subarray(0, 11)).toString("latin1") === "-----BEGIN " ? "; these bytes are PEM" : "";
    throw new RangeError(`certificate: expected a certificate as DER${pem}`, { cause: error });
  }
}

/** Reads the hash function of RSASSA-PSS parameters: `[0] hashAlgorithm` comes first, and its absence means SHA-1. */
function pssHash(parameters: DerReader): { readonly algorithm: string; readonly hash: string | undefined } {
  try {
    const all = parameters.enter(sequenceTag);
    if (all.tag !== explicitHashTag) return { algorithm: pss, hash: "sha256" };
    const algorithm = readObjectIdentifier(all.enter(explicitHashTag).enter(sequenceTag));
    return { algorithm, hash: hashOfPss[algorithm] };
  } catch (error) {
    throw new RangeError("certificate: the parameters of its RSASSA-PSS signature are damaged", { cause: error });
  }
}
