/** Mechanisms of GSS-API by their identifiers; the names are those of their specifications. */
const names: Readonly<Record<string, string>> = {
  "1.3.6.1.5.5.2": "SPNEGO",
  "1.2.840.113554.1.2.2": "Kerberos",
  "1.2.840.48018.1.2.2": "Kerberos (Microsoft's identifier)",
  "1.2.840.113554.1.2.2.3": "Kerberos user-to-user",
  "1.3.6.1.5.2.5": "IAKERB",
  "1.3.6.1.4.1.311.2.2.10": "NTLM",
  "1.3.6.1.4.1.311.2.2.30": "NEGOEX",
};

export const spnego = "1.3.6.1.5.5.2";

export function isKerberos(identifier: string): boolean {
  return names[identifier]?.startsWith("Kerberos") ?? false;
}

export function mechanismName(identifier: string): string {
  return names[identifier] ?? identifier;
}
