import { X509Certificate } from "node:crypto";
import { credsspHost } from "../../src/credssp.ts";
import { HttpAuthenticator, NegotiateProxyAgent } from "../../src/http.ts";
import { NegotiateDispatcher } from "../../src/http-undici.ts";
import * as sspi from "../../src/index.ts";
import { definePackage, embeddedHost, PackageHost, schannelStandIn } from "../../src/packages.ts";
import { ecCertificate, rootPem } from "../fixtures/tls-certificates.ts";
import { testDefinition } from "../packages/test-package.ts";

type Call = readonly [call: (...args: never[]) => unknown, ...args: readonly unknown[]];

/** Calls that need no object, with valid arguments: the test makes one argument after the other hostile. */
export function soundCalls(world: sspi.CredentialOptions): Readonly<Record<string, Call>> {
  const { provider, package: name } = world;
  const acquire = (options: sspi.CredentialOptions) => sspi.Credential.acquireSync(options);
  return {
    "Credential.acquireSync": [acquire, world],
    "Credential.acquire": [
      (options: sspi.AcquireOptions) => sspi.Credential.acquire(options),
      { ...world, timeout: 1000 },
    ],
    importContext: [sspi.importContext, { package: name, packed: new Uint8Array(32), provider }],
    packages: [sspi.packages, provider],
    capabilities: [sspi.capabilities, provider],
    statusFact: [sspi.statusFact, "SEC_E_LOGON_DENIED"],
    targetHostName: [sspi.targetHostName, "HTTP/localhost"],
    serverEndPoint: [sspi.serverEndPoint, new X509Certificate(rootPem)],
    systemProvider: [sspi.systemProvider, "nosuch.so"],
    gssapiProvider: [sspi.gssapiProvider, "nosuch.so"],
    "Certificate.fromPem": [
      (pem: never, options: never) => sspi.Certificate.fromPem(pem, options),
      ecCertificate.cert,
      {},
    ],
    embeddedHost: [embeddedHost, { keys: { alice: new Uint8Array(32) }, server: "house", lifetime: 60 }],
    schannelStandIn: [schannelStandIn, { certificate: ecCertificate, ca: rootPem }],
    credsspHost: [
      credsspHost,
      { inner: "NTLM", innerProvider: provider, server: { certificate: ecCertificate }, ca: rootPem },
    ],
    definePackage: [definePackage, { ...testDefinition }],
    PackageHost: [(options: object) => new PackageHost(options), { client: { processId: 1 }, watchdog: 1000 }],
    HttpAuthenticator: [
      (options: never) => new HttpAuthenticator(options),
      { schemes: ["Negotiate"], credential: { provider }, acceptUnenforced: ["channelBindings"] },
    ],
    NegotiateProxyAgent: [
      (options: never) => new NegotiateProxyAgent(options),
      { url: "http://localhost:1", provider },
    ],
    NegotiateDispatcher: [
      (options: never) => new NegotiateDispatcher(options),
      { origins: ["http://localhost"], provider },
    ],
  };
}
