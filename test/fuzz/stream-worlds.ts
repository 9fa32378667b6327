import type { Duplex } from "node:stream";
import { CredsspStream } from "../../src/credssp.ts";
import { Credential, SecureStream, type SecurityProvider } from "../../src/index.ts";
import { PackageHost, schannelStandIn } from "../../src/packages.ts";
import { innerHost } from "../credssp/inner-host.ts";
import { ecCertificate, rootPem } from "../fixtures/tls-certificates.ts";
import { recordPackage } from "../streams/record-package.ts";

/** Both ends of a connection that is being opened, or the error with which it fails. */
export interface StreamWorld {
  connect(transport: Duplex, signal: AbortSignal): Promise<Duplex> | Duplex;
  accept(transport: Duplex, signal: AbortSignal): Promise<Duplex> | Duplex;
}

/** Long enough for a busy machine, and short enough for peers that never answer. */
const handshakeTimeout = 2_000;

/** Credentials are closed at once: a stream keeps its own. */
function secureStreams(
  provider: SecurityProvider,
  name: string,
  outbound: Partial<Parameters<typeof Credential.acquireSync>[0]>,
): StreamWorld {
  const target = "localhost";
  return {
    connect(transport, signal) {
      using credential = Credential.acquireSync({ package: name, use: "outbound", provider, ...outbound });
      return SecureStream.connect(transport, credential, { target, signal, handshakeTimeout });
    },
    accept(transport, signal) {
      using credential = Credential.acquireSync({ package: name, use: "inbound", provider });
      return SecureStream.accept(transport, credential, { signal, handshakeTimeout });
    },
  };
}

function tls(protocol: "tls1.2" | "tls1.3"): StreamWorld {
  const { provider } = schannelStandIn({ certificate: ecCertificate, ca: rootPem });
  return secureStreams(provider, "Schannel", { schannel: { protocols: [protocol] } });
}

function records(): StreamWorld {
  const host = new PackageHost();
  host.add(recordPackage());
  return secureStreams(host.provider, "Records", { identity: { user: "alice", password: "userpw" } });
}

function credssp(): StreamWorld {
  const { provider: innerProvider } = innerHost();
  const target = "TERMSRV/localhost";
  const identity = { user: "alice", domain: "EXAMPLE.TEST", password: "userpw" };
  const shared = { inner: "NTLM", innerProvider, handshakeTimeout } as const;
  return {
    connect: (transport, signal) =>
      CredsspStream.connect(transport, { ...shared, target, identity, delegate: [target], ca: rootPem, signal }),
    accept: (transport, signal) => CredsspStream.accept(transport, { ...shared, certificate: ecCertificate, signal }),
  };
}

const made = {
  "TLS 1.2": () => tls("tls1.2"),
  "TLS 1.3": () => tls("tls1.3"),
  records,
  CredSSP: credssp,
} as const satisfies Record<string, () => StreamWorld>;

export type StreamWorldName = keyof typeof made;
export const streamWorldNames = Object.keys(made) as StreamWorldName[];

export function streamWorld(name: StreamWorldName): StreamWorld {
  return made[name]();
}
