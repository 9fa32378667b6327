import { createPrivateKey } from "node:crypto";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inject } from "vitest";
import { runCommand } from "../../scripts/lab/command.ts";
import { componentFile } from "../../scripts/lab/components.ts";
import { rsaCertificate, rsaKey } from "../credentials/pem.ts";

export const scannedUser = "scanned";

/** Adds a user with this password to the lab's key distribution centre. */
export function addScannedUser(password: string): void {
  const folder = dirname(inject("lab").keytab);
  const env = { ...process.env, KRB5_KDC_PROFILE: join(folder, "kdc.conf") };
  const commands = [`addprinc -pw placeholder ${scannedUser}`, `cpw -pw ${password} ${scannedUser}`];
  runCommand([componentFile("kadmin"), "-r", inject("lab").realm], { env, input: `${commands.join("\n")}\n` });
}

/** A private key that this passphrase decrypts, alone and in a PFX, and its certificate. */
export function writeKeyFiles(folder: string, passphrase: string): void {
  const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  const encrypted = { type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase } as const;
  writeFileSync(certificate, rsaCertificate);
  writeFileSync(key, createPrivateKey(rsaKey).export(encrypted));
  const pass = ["-passin", `pass:${passphrase}`, "-passout", `pass:${passphrase}`];
  const args = ["pkcs12", "-export", "-in", certificate, "-inkey", key, "-out", join(folder, "key.pfx"), ...pass];
  runCommand([componentFile("openssl"), ...args], { env: process.env });
}
