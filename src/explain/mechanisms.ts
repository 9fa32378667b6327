import { mechanisms } from "../values/index.ts";

/** The mechanisms' names in their specifications. */
const names: Readonly<Record<keyof typeof mechanisms, string>> = {
  spnego: "SPNEGO",
  kerberos: "Kerberos",
  microsoftKerberos: "Kerberos (Microsoft's identifier)",
  earlyKerberos: "Kerberos (the identifier before RFC 1964)",
  userToUser: "Kerberos user-to-user",
  iakerb: "IAKERB",
  ntlm: "NTLM",
  negoex: "NEGOEX",
};

const byIdentifier = new Map<string, string>(
  Object.entries(mechanisms).map(([mechanism, identifier]) => [identifier, names[mechanism as keyof typeof names]]),
);

export function isKerberos(identifier: string): boolean {
  return byIdentifier.get(identifier)?.startsWith("Kerberos") ?? false;
}

export function mechanismName(identifier: string): string {
  return byIdentifier.get(identifier) ?? identifier;
}
