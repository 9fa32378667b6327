import { randomBytes } from "node:crypto";
import { Credential, type CredentialOptions, gssapiProvider, systemProvider } from "../../src/index.ts";
import { embeddedHost, embeddedPackage, PackageHost } from "../../src/packages.ts";
import { ntlmFacts } from "../live/providers.ts";
import { testPackage } from "../packages/test-package.ts";

const alice = { user: "alice", domain: "", password: "userpw" } as const;

/** A world in which calls are made in any order: how credentials of both sides are acquired. */
export interface World {
  readonly outbound: CredentialOptions;
  readonly inbound: CredentialOptions;
}

function ntlm(library: string): World {
  const provider = systemProvider(library);
  return {
    outbound: { package: "NTLM", use: "outbound", provider, identity: alice },
    inbound: { package: "NTLM", use: "inbound", provider, ...ntlmFacts(provider).server },
  };
}

function kerberos(name: "Kerberos" | "Negotiate"): World {
  const provider = gssapiProvider();
  return {
    outbound: { package: name, use: "outbound", provider },
    inbound: { package: name, use: "inbound", provider },
  };
}

function embedded(): World {
  const { provider } = embeddedHost({ keys: { alice: randomBytes(32) }, server: "house" });
  return {
    outbound: { package: embeddedPackage, use: "outbound", provider, principal: "alice" },
    inbound: { package: embeddedPackage, use: "inbound", provider },
  };
}

function hosted(): World {
  const host = new PackageHost();
  host.add(testPackage());
  const { provider } = host;
  return {
    outbound: { package: "Test", use: "outbound", provider, identity: alice },
    inbound: { package: "Test", use: "inbound", provider },
  };
}

const made = {
  "WinPR 2": () => ntlm("libwinpr2.so.2"),
  "WinPR 3": () => ntlm("libwinpr3.so.3"),
  "GSSAPI Kerberos": () => kerberos("Kerberos"),
  "GSSAPI Negotiate": () => kerberos("Negotiate"),
  embedded,
  hosted,
} as const satisfies Record<string, () => World>;

export type WorldName = keyof typeof made;

export function world(name: WorldName): World {
  return made[name]();
}

export function acquired(options: CredentialOptions): Credential {
  return Credential.acquireSync(options);
}
