import type { Arena, Room } from "../memory/index.ts";
import type { SecurityProvider } from "../native/index.ts";
import type { HeldCertificate } from "./certificates/held-certificate.ts";
import type { CredentialOptions, Request } from "./credential-options.ts";
import { checkIdentity, writeIdentity, writeWinprIdentity } from "./identity.ts";
import { certificatesOf, writeSchannel } from "./schannel/schannel-credential.ts";
import { checkSchannel } from "./schannel/schannel-options.ts";

/** Packages that would read Schannel's struct as a user's name and password. */
const identityPackages = /^(negotiate|kerberos|ntlm|wdigest|pku2u|cloudap|credssp|tsssp)$/i;

/** `pAuthData` is one of these. */
const kinds = ["identity", "schannel"] as const;

/** @throws TypeError, RangeError; a secret is never part of the message. */
export function checkAuthData(options: CredentialOptions): void {
  const [one, other] = kinds.filter((kind) => options[kind] !== undefined);
  if (one && other) throw new TypeError(`${other}: expected only one of ${kinds.join(", ")}; got ${one} too`);
  if (options.identity !== undefined) checkIdentity(options.identity);
  if (options.schannel === undefined) return;
  checkSchannel(options.schannel);
  if (identityPackages.test(options.package))
    throw new RangeError(`schannel: only Schannel takes it, not ${JSON.stringify(options.package)}`);
}

/** `pAuthData`, in an arena that the caller wipes; undefined for the user that the process runs as. */
export function writeAuthData(arena: Arena, { provider, options }: Request): Room | undefined {
  const { identity, samFile, schannel, use } = options;
  if (schannel !== undefined) return writeSchannel(arena, schannel, use);
  // WinPR 2 takes the SAM file as a context attribute instead: the server context sets it there.
  if (samFile !== undefined && readsSettings(provider)) return writeWinprIdentity(arena, identity, samFile);
  return identity && writeIdentity(arena, identity);
}

/** WinPR takes its settings in the identity from version 3 on. */
export function readsSettings(provider: SecurityProvider): boolean {
  return provider.kind === "winpr" && Number.parseInt(provider.version ?? "0", 10) >= 3;
}

/** Certificates that the credential stands on, held from now on; what is returned lets go of them. */
export function holdCertificates({ schannel }: CredentialOptions): (() => void) | undefined {
  const held: readonly HeldCertificate[] = schannel ? certificatesOf(schannel) : [];
  if (held.length === 0) return undefined;
  for (const certificate of held) certificate.retain();
  return () => {
    for (const certificate of held) certificate.letGo();
  };
}
