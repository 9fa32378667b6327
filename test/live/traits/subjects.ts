import { gssapiProvider, type SecurityProvider } from "../../../src/index.ts";
import { embeddedHost, embeddedPackage } from "../../../src/packages.ts";
import { providers } from "../providers.ts";
import type { Column } from "./seen-on.ts";

/** A provider that runs on this machine. */
export interface Subject {
  readonly column: Column;
  readonly provider: SecurityProvider;
  /** Packages with which a client of this provider logs on to a server of this provider. */
  readonly packages: readonly string[];
}

export const pskUsers = { alice: Buffer.alloc(32, 1), bob: Buffer.alloc(32, 2) } as const;

function library(provider: SecurityProvider): Subject {
  if (provider.kind === "secur32") return { column: "Wine", provider, packages: ["NTLM", "Kerberos"] };
  return provider.version?.startsWith("2.")
    ? { column: "WinPR 2", provider, packages: ["NTLM"] }
    : { column: "WinPR 3", provider, packages: ["NTLM", "Kerberos"] };
}

/** All subjects that tests run on here; `close` ends the host among them. */
export function subjectsHere(): { readonly subjects: readonly Subject[]; readonly close: () => void } {
  const host = embeddedHost({ keys: pskUsers, server: "house" });
  const mit = (): Subject => ({
    column: "GSSAPI (MIT)",
    provider: gssapiProvider(),
    packages: ["Kerberos", "Negotiate"],
  });
  const subjects: Subject[] = [
    ...providers.map(library),
    ...(process.platform === "win32" ? [] : [mit()]),
    { column: "packages in this process", provider: host.provider, packages: [embeddedPackage] },
  ];
  return { subjects, close: () => host.close() };
}
