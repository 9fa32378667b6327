import { PassThrough } from "node:stream";
import * as credssp from "../../../src/credssp.ts";
import * as http from "../../../src/http.ts";
import * as undici from "../../../src/http-undici.ts";
import * as index from "../../../src/index.ts";
import * as packages from "../../../src/packages.ts";
import * as raw from "../../../src/raw.ts";
import { ecCertificate, rsaCertificate } from "../../fixtures/tls-certificates.ts";
import { type Ready, ready, scriptedProvider } from "./ready.ts";

type Options = Readonly<Record<string, unknown>>;

/**
 * Calls a package that does not check its arguments: an argument that the library does not refuse before is a finding.
 */
const refusing = Object.create(scriptedProvider, {
  traits: { value: { ...scriptedProvider.traits, kerberosStores: true } },
  AcquireCredentialsHandleW: { value: () => 0x8009_030e | 0 },
  AcquireCredentialsHandleWAsync: { value: async () => 0x8009_030e | 0 },
}) as index.SecurityProvider;

const acquiring = { package: "Scripted", use: "outbound", provider: refusing };
const identity = { user: "alice", password: "password" };
const target = "TERMSRV/localhost";

async function acquire(options: Options): Promise<void> {
  (await index.Credential.acquire({ ...acquiring, ...options } as never)).close();
}

async function withCredential(work: (credential: index.Credential) => unknown): Promise<void> {
  using credential = index.Credential.acquireSync({ package: "Scripted", use: "both", provider: scriptedProvider });
  const made = await work(credential);
  if (made instanceof index.SecureStream) made.on("error", () => {}).destroy();
  else (made as Partial<Disposable> | undefined)?.[Symbol.dispose]?.();
}

/** Calls a method of the object that `ready` makes. */
async function on(owner: string, method: string, ...args: readonly unknown[]): Promise<void> {
  const { subject, close } = (ready[owner] as (method: string) => Ready)(method);
  try {
    await (subject as Record<string, (...args: readonly unknown[]) => unknown>)[method]?.(...args);
  } finally {
    close();
  }
}

function connect(options: Options): Promise<unknown> {
  const given = { target, delegate: [target], identity, inner: "NTLM", handshakeTimeout: 50, ...options };
  return credssp.CredsspStream.connect(new PassThrough(), given as never);
}

function accept(options: Options): Promise<unknown> {
  const given = { certificate: ecCertificate, inner: "NTLM", handshakeTimeout: 50, ...options };
  return credssp.CredsspStream.accept(new PassThrough(), given as never);
}

const bytes = Buffer.alloc(16);
const token = Buffer.from("token");
const client = (options: Options) =>
  withCredential((credential) => new index.ClientContext(credential, options as never));
const bind = (options: Options) => client({ channelBindings: { applicationData: bytes, ...options } });
const restrict = (options: Options) => acquire({ schannel: { version: 5, restrictions: [options] } });

/** A function of no library. */
const f = { returns: raw.u32, parameters: [] };

/** How an object of each options type reaches the library, with every other argument correct. */
export const optionCalls: Readonly<Record<string, (options: Options) => unknown>> = {
  AcquireOptions: acquire,
  CredentialOptions: (options) => index.Credential.acquireSync({ ...acquiring, ...options } as never),
  Identity: (options) => acquire({ identity: { ...identity, ...options } }),
  LoggedOnIdentity: (options) => acquire({ identity: { packageList: "!ntlm", ...options } }),
  PackedIdentity: (options) =>
    acquire({ identity: { packedCredentials: { type: "password", password: "x" }, ...options } }),
  PackedPassword: (options) =>
    acquire({ identity: { packedCredentials: { type: "password", password: "x", ...options } } }),
  PackedBytes: (options) =>
    acquire({ identity: { packedCredentials: { type: "certificate", data: bytes, ...options } } }),
  WinprOptions: (options) => acquire({ winpr: options }),
  KerberosOptions: (options) => acquire({ kerberos: options }),
  SchannelOptions: (options) => acquire({ schannel: options }),
  TlsRestriction: restrict,
  DisabledAlgorithm: (options) =>
    restrict({ disabledAlgorithms: [{ usage: "digest", algorithm: "SHA1", ...options }] }),
  CredsspOptions: (options) => acquire({ credssp: options }),
  IdentityStrings: (options) => index.AuthIdentity.encode({ user: "alice", ...options } as never),
  KdcProxySettings: (options) =>
    withCredential((credential) => credential.set("kdcProxySettings", { proxyServer: "x", ...options } as never)),
  PfxOptions: (options) => index.Certificate.fromPfx(bytes, "password", options as never),
  PemOptions: (options) => index.Certificate.fromPem(rsaCertificate.cert, rsaCertificate.key, options as never),
  StoreSearch: (options) => index.Certificate.fromStore({ subject: "alice", ...options } as never),
  ClientContextOptions: client,
  ServerContextOptions: (options) =>
    withCredential((credential) => new index.ServerContext(credential, options as never)),
  ChannelBindings: bind,
  BindingAddress: (options) => bind({ initiator: options }),
  StepOptions: (options) => on("ClientContext", "step", token, options),
  LegOptions: (options) => on("ClientContext", "stepSync", token, options),
  LegOutputRequest: (options) =>
    on("ClientContext", "stepSync", token, { output: [{ type: "alert", size: 4, ...options }] }),
  CancelOptions: (options) => on("ClientContext", "shutdown", options),
  PeerOptions: (options) => on("ServerContext", "peer", options),
  ExportOptions: (options) => on("ImportedContext", "export", options),
  ImportOptions: (options) =>
    index.importContext({ package: "Scripted", packed: bytes, provider: scriptedProvider, ...options }),
  ProtectOptions: (options) => on("ImportedContext", "encrypt", token, options),
  DecryptOptions: (options) => on("ClientContext", "decrypt", bytes, options),
  MessageBuffer: (options) =>
    on("ImportedContext", "encryptBuffers", [{ type: "data", bytes, ...options }, { type: "token" }]),
  SecureClientOptions: (options) =>
    withCredential((credential) => index.SecureStream.connect(new PassThrough(), credential, options as never)),
  SecureServerOptions: (options) =>
    withCredential((credential) => index.SecureStream.accept(new PassThrough(), credential, options as never)),
  CredsspConnectOptions: connect,
  CredsspIdentity: (options) => connect({ identity: { ...identity, ...options } }),
  CredsspAcceptOptions: accept,
  CertificateParts: (options) => accept({ certificate: { ...ecCertificate, ...options } }),
  CredsspHostOptions: (options) => credssp.credsspHost(options as never).close(),
  CredsspServerSettings: (options) =>
    credssp.credsspHost({ server: { certificate: ecCertificate, ...options } as never }).close(),
  HostOptions: (options) => new packages.PackageHost(options as never).close(),
  ClientIdentity: (options) => new packages.PackageHost({ client: options as never }).close(),
  LogonId: (options) =>
    new packages.PackageHost({ client: { logonId: { LowPart: 1, HighPart: 0, ...options } } as never }).close(),
  EmbeddedOptions: (options) => packages.embeddedHost({ keys: {}, ...options } as never).close(),
  SchannelStandInOptions: (options) => packages.schannelStandIn(options as never).close(),
  PackageDefinition: (options) =>
    packages.definePackage({ name: "X", maxToken: 1, acquireCredentials: () => ({}), ...options } as never).close(),
  PackageCallOptions: (options) => on("PackageHost", "callPackage", "Package", bytes, options),
  ModuleOptions: (options) => on("PackageHost", "load", "/nowhere/package.so", options),
  ErrorOptions: (options) => new packages.PackageError("SEC_E_LOGON_DENIED", options as never),
  SspiErrorDetails: (options) =>
    new index.SspiError({ code: "SEC_E_LOGON_DENIED", status: 1, operation: "x", text: "y", ...options } as never),
  CredsspErrorDetails: (options) => new credssp.CredsspError("SEC_E_LOGON_DENIED", "x", options as never),
  HttpAuthenticatorOptions: (options) =>
    new http.HttpAuthenticator({ schemes: ["Negotiate"], credential: { provider: refusing }, ...options } as never),
  AcceptingCredential: (options) =>
    new http.HttpAuthenticator({ schemes: ["Negotiate"], credential: { provider: refusing, ...options } as never }),
  ProxyOptions: (options) => new http.NegotiateProxyAgent({ url: "http://localhost:1", ...options } as never).destroy(),
  BindOptions: (options) => raw.bind({ functions: { f }, ...options } as never),
  BindableFunction: (options) => raw.bind({ functions: { f: { ...f, ...options } } as never }),
  BindableParameter: (options) =>
    raw.bind({ functions: { f: { ...f, parameters: [{ name: "p", value: raw.u32, ...options }] } } as never }),
  NativeCallbackOptions: (options) =>
    raw.nativeCallback({ name: "f", convention: "cdecl", ...f } as never, () => 0, options as never).close(),
  ProviderDefinition: (options) =>
    index.defineProvider({ label: "outside", traits: scriptedProvider.traits, functions: {}, ...options } as never),
  NegotiateDispatcherOptions: (options) =>
    new undici.NegotiateDispatcher({ origins: ["http://localhost"], ...options } as never).destroy(),
};
