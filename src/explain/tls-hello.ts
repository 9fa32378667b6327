import { ByteReader } from "./byte-reader.ts";
import type { TokenFact } from "./explanation.ts";

type Facts = Record<string, TokenFact>;

const serverName = 0;
const applicationProtocols = 16;
const supportedVersions = 43;

const versions: Readonly<Record<number, string>> = {
  768: "SSL 3.0",
  769: "TLS 1.0",
  770: "TLS 1.1",
  771: "TLS 1.2",
  772: "TLS 1.3",
};

/** What a client offers (RFC 8446, 4.1.2). @throws RangeError for an incomplete message */
export function clientHelloFacts(content: Uint8Array): Facts {
  const reader = new ByteReader(content);
  const version = reader.number(2);
  reader.take(32);
  reader.vector(1);
  const suites = reader.vector(2).rest().length / 2;
  reader.vector(1);
  const found = extensions(reader);
  const offered = found.get(supportedVersions)?.vector(1).rest();
  return {
    versions: offered ? versionNames(offered) : [versionName(version)],
    cipherSuites: Math.trunc(suites),
    ...namesOf(found.get(serverName)),
    ...protocolsOf(found.get(applicationProtocols)),
  };
}

/** What a server has chosen (RFC 8446, 4.1.3). @throws RangeError for an incomplete message */
export function serverHelloFacts(content: Uint8Array): Facts {
  const reader = new ByteReader(content);
  const version = reader.number(2);
  reader.take(32);
  reader.vector(1);
  const suite = reader.number(2);
  reader.take(1);
  const found = extensions(reader);
  return {
    version: versionName(found.get(supportedVersions)?.number(2) ?? version),
    cipherSuite: `0x${suite.toString(16).padStart(4, "0")}`,
    ...protocolsOf(found.get(applicationProtocols)),
  };
}

function extensions(reader: ByteReader): ReadonlyMap<number, ByteReader> {
  const found = new Map<number, ByteReader>();
  if (reader.done) return found;
  for (const all = reader.vector(2); !all.done; ) found.set(all.number(2), all.vector(2));
  return found;
}

function namesOf(extension: ByteReader | undefined): Facts {
  // A server that has read the name replies with an empty extension.
  if (extension === undefined || extension.done) return {};
  const list = extension.vector(2);
  const type = list.number(1);
  return type === 0 ? { serverName: list.vector(2).rest().toString("latin1") } : {};
}

function protocolsOf(extension: ByteReader | undefined): Facts {
  if (extension === undefined) return {};
  const names: string[] = [];
  for (const list = extension.vector(2); !list.done; ) names.push(list.vector(1).rest().toString("latin1"));
  return { applicationProtocols: names };
}

/** The names of versions, without the reserved values that mean nothing (RFC 8701). */
function versionNames(list: Buffer): string[] {
  const reader = new ByteReader(list);
  const names: string[] = [];
  while (!reader.done) {
    const version = reader.number(2);
    if ((version & 0x0f0f) !== 0x0a0a) names.push(versionName(version));
  }
  return names;
}

function versionName(version: number): string {
  return versions[version] ?? `0x${version.toString(16)}`;
}
