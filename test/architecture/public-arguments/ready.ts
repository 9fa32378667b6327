import { PassThrough } from "node:stream";
import { SEC_E_OK } from "../../../generated/status/constants.ts";
import * as credssp from "../../../src/credssp.ts";
import * as http from "../../../src/http.ts";
import * as undici from "../../../src/http-undici.ts";
import * as index from "../../../src/index.ts";
import * as packages from "../../../src/packages.ts";
import { localhostCertificate, localhostKey } from "../../fixtures/localhost-certificate.ts";
import { httpProvider } from "../../http/server/http-package.ts";
import { handshake } from "../../packages/hosted.ts";
import { testDefinition } from "../../packages/test-package.ts";
import { ScriptedSspi } from "../../scripted/scripted-provider.ts";

/** An object of this library that is ready for a call, so that only the arguments can be wrong. */
export interface Ready {
  readonly subject: object;
  readonly close: () => void;
}

const success = (): number => SEC_E_OK;
const works = {
  legs: [{ status: SEC_E_OK }],
  encrypt: success,
  decrypt: success,
  sign: success,
  verify: success,
  applyControl: success,
} as const;
const records = { header: 5, trailer: 36, maximum: 1_000 };
const needsLegs = /^(step|stepSync|useCredential)$/;
const isOfStream = /^decryptStream/;

/** The provider of credentials that closing-things.ts makes. */
export const scriptedProvider = new ScriptedSspi(works).provider;

function context(party: "ClientContext" | "ServerContext", method: string): Ready {
  const stream = isOfStream.test(method) ? { streamSizes: records, handlesStreams: true } : {};
  const { provider } = new ScriptedSspi({ ...works, ...stream });
  using credential = index.Credential.acquireSync({ package: "Scripted", use: "both", provider });
  const subject = party === "ClientContext" ? new index.ClientContext(credential) : new index.ServerContext(credential);
  if (!needsLegs.test(method)) subject.stepSync(Buffer.from("token"));
  return { subject, close: () => subject.close() };
}

function imported(): Ready {
  const host = new packages.PackageHost();
  const defined = packages.definePackage(testDefinition);
  host.add(defined);
  const { provider } = host;
  using pair = handshake(provider);
  const subject = index.importContext({ ...pair.client.export(), provider });
  return {
    subject,
    close: () => {
      subject.close();
      host.close();
      defined.close();
    },
  };
}

function closing(subject: { close(): void }): Ready {
  return { subject, close: () => subject.close() };
}

function authenticator(): Ready {
  const { provider, ...rest } = httpProvider();
  const subject = new http.HttpAuthenticator({ schemes: ["Negotiate"], credential: { provider } });
  return {
    subject,
    close: () => {
      subject.close();
      rest[Symbol.dispose]();
    },
  };
}

/** An instance of a class, to call one of its methods. */
export const ready: Readonly<Record<string, (method: string) => Ready>> = {
  Credential: () =>
    closing(index.Credential.acquireSync({ package: "Scripted", use: "both", provider: scriptedProvider })),
  ClientContext: (method) => context("ClientContext", method),
  ServerContext: (method) => context("ServerContext", method),
  SecurityContext: (method) => context("ClientContext", method),
  SteppedContext: (method) => context("ServerContext", method),
  ImportedContext: imported,
  PackageHost: () => closing(new packages.PackageHost()),
  EmbeddedHost: () => closing(packages.embeddedHost({ keys: {} })),
  SchannelStandIn: () => closing(packages.schannelStandIn()),
  CredsspHost: () => closing(credssp.credsspHost()),
  DefinedPackage: () => closing(packages.definePackage(testDefinition)),
  DefinedPackages: () => closing(packages.definePackages([testDefinition])),
  HttpAuthenticator: authenticator,
  NegotiateProxyAgent: () => {
    const subject = new http.NegotiateProxyAgent({ url: "http://localhost:1", provider: scriptedProvider });
    return { subject, close: () => subject.destroy() };
  },
  NegotiateDispatcher: () => {
    const subject = new undici.NegotiateDispatcher({ origins: ["http://localhost"], provider: scriptedProvider });
    return { subject, close: () => void subject.destroy() };
  },
};

const bytes = Buffer.alloc(64);

/** A correct value for each parameter, by name, used where a later parameter is the wrong one. */
export function rightArgument(name: string): unknown {
  const right: Readonly<Record<string, () => unknown>> = {
    token: () => bytes,
    data: () => bytes,
    message: () => bytes,
    signature: () => bytes,
    bytes: () => bytes,
    pfx: () => bytes,
    password: () => "password",
    buffers: () => [
      { type: "data", bytes },
      { type: "token", bytes },
    ],
    credential: () => index.Credential.acquireSync({ package: "Scripted", use: "both", provider: scriptedProvider }),
    transport: () => new PassThrough(),
    certificate: () => localhostCertificate,
    key: () => localhostKey,
    attribute: () => "kdcProxySettings",
    name: () => "Package",
    packageName: () => "Package",
    file: () => "/nowhere/package.so",
    module: () => ({ name: "Package", SpLsaModeInitialize: 1n }),
    proxy: () => "http://localhost:1",
    target: () => "HTTP/localhost",
    processId: () => process.pid,
    request: () => ({ origin: "http://localhost", path: "/", method: "GET" }),
    handler: () => () => {},
    options: () => ({}),
    functions: () => ({}),
    work: () => () => {},
    sid: () => "S-1-5-32-544",
    flag: () => "confidentiality",
  };
  return right[name]?.();
}
