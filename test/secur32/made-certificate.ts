import { createPrivateKey } from "node:crypto";
import { openssl, opensslBytes } from "../interop/peer.ts";

/** A self-signed certificate, made by OpenSSL. */
export interface MadeCertificate {
  readonly subject: string;
  /** The certificate in PEM, like the private key. */
  readonly certificate: string;
  readonly key: string;
  readonly der: Buffer;
}

const kinds = {
  rsa: ["-newkey", "rsa:2048"],
  ec: ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
} as const;

export async function makeCertificate(subject: string, kind: keyof typeof kinds = "rsa"): Promise<MadeCertificate> {
  const request = ["req", "-x509", ...kinds[kind], "-nodes", "-batch", "-days", "2", "-subj", `/CN=${subject}`];
  const pem = await openssl(...request, "-keyout", "-");
  const part = (name: string): string => {
    const found = new RegExp(`-----BEGIN ${name}-----[^-]+-----END ${name}-----`).exec(pem);
    if (!found) throw new Error(`OpenSSL made no ${name}: ${pem}`);
    return found[0];
  };
  const certificate = part("CERTIFICATE");
  const der = Buffer.from(certificate.replace(/-----[^-]+-----/g, ""), "base64");
  const key = part("PRIVATE KEY");
  return isWhole(key) ? { subject, certificate, key, der } : await makeCertificate(subject, kind);
}

/** Whether an RSA key has only full-length numbers: with a shorter one Wine's Schannel does not always sign. */
function isWhole(key: string): boolean {
  const { n, d, p, q, dp, dq, qi } = createPrivateKey(key).export({ format: "jwk" });
  return n === undefined || (n.length === d?.length && [q, dp, dq, qi].every((part) => part?.length === p?.length));
}

/** A PFX of several certificates and the private key of the first. */
export async function makePfx(password: string, first: MadeCertificate, ...others: MadeCertificate[]): Promise<Buffer> {
  const input = [first.key, first.certificate, ...others.map(({ certificate }) => certificate)].join("\n");
  return await opensslBytes(input, "pkcs12", "-export", "-passout", `pass:${password}`);
}
