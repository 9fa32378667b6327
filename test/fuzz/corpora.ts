import { randomBytes } from "node:crypto";
import { RequestReader } from "../../src/credssp/request-reader.ts";
import {
  Credential,
  type CredentialOptions,
  gssapiProvider,
  type SecurityProvider,
  systemProvider,
} from "../../src/index.ts";
import { embeddedHost, embeddedPackage, PackageHost, schannelStandIn } from "../../src/packages.ts";
import { drivenSides } from "../credssp/driven-side.ts";
import { innerHost } from "../credssp/inner-host.ts";
import { compiledPackage } from "../fixtures/compiled-package.ts";
import { ecCertificate, rootPem } from "../fixtures/tls-certificates.ts";
import { ntlmFacts } from "../live/providers.ts";
import { testPackage } from "../packages/test-package.ts";
import { type Answer, contextExchange, type End, type Exchange, recordExchange } from "./exchange.ts";

/** An exchange whose messages are changed: those at even places go to the server, the others to the client. */
export interface Corpus {
  readonly name: string;
  readonly messages: readonly string[];
  /** Releases the credentials; their provider stays open. */
  close?(): void;
  /** Two sides that know each other, created for each exchange. */
  open(): Exchange;
}

const alice = { user: "alice", domain: "", password: "userpw" } as const;
const protection = ["confidentiality", "integrity"] as const;
const everything = ["mutualAuth", ...protection, "sequenceDetect", "replayDetect"] as const;

interface Pair {
  readonly outbound: Credential;
  readonly inbound: Credential;
}

/** Credentials are acquired once: the test changes contexts only. */
function pairOf(provider: SecurityProvider, name: string, settings: Settings = {}): Pair {
  const { server = provider } = settings;
  const outbound = { package: name, use: "outbound", provider, ...settings.client } as const;
  const inbound = { package: name, use: "inbound", provider: server, ...settings.inbound } as const;
  return { outbound: Credential.acquireSync(outbound), inbound: Credential.acquireSync(inbound) };
}

interface Settings {
  readonly server?: SecurityProvider;
  readonly client?: Partial<CredentialOptions>;
  readonly inbound?: Partial<CredentialOptions>;
}

const ntlm = ["negotiate", "challenge", "authenticate"] as const;

function ntlmCorpus(provider: SecurityProvider, name: "NTLM" | "Negotiate"): Omit<Corpus, "name"> {
  const leavesKerberosOut = name === "Negotiate" && provider.traits.readsExtendedIdentity;
  const identity = leavesKerberosOut ? { ...alice, packageList: "!kerberos" } : alice;
  const pair = pairOf(provider, name, { client: { identity }, inbound: ntlmFacts(provider).server });
  const options = { client: { request: protection }, server: { request: protection } } as const;
  const protects = provider.kind === "winpr";
  const signs = protects && provider.traits.readsExtendedIdentity;
  const close = (): void => {
    pair.outbound.close();
    pair.inbound.close();
  };
  const open = () => contextExchange(pair.outbound, pair.inbound, { ...options, protects, signs });
  return { messages: ntlm, open, close };
}

function kerberosCorpus(
  name: "Kerberos" | "Negotiate",
  client: SecurityProvider,
  server = client,
): Omit<Corpus, "name"> {
  const dce = name === "Kerberos" && client.kind === "gssapi";
  const request = dce ? ([...everything, "useDceStyle"] as const) : everything;
  const pair = pairOf(client, name, { server });
  const options = {
    client: { request },
    server: { request },
    protects: true,
    signs: true,
    names: server.kind === "gssapi",
  };
  const messages = messagesOfKerberos(client, name, dce);
  return { messages, open: () => contextExchange(pair.outbound, pair.inbound, options) };
}

/** WinPR 3 begins Negotiate with user-to-user Kerberos, and continues with the mechanism that the server chooses. */
function messagesOfKerberos(client: SecurityProvider, name: string, dce: boolean): readonly string[] {
  if (name === "Negotiate" && client.kind === "winpr") return ["user-to-user", "choice", "request", "reply"];
  return dce ? ["request", "reply", "confirmation"] : ["request", "reply"];
}

function embeddedCorpus(): Omit<Corpus, "name"> {
  const { provider } = embeddedHost({ keys: { alice: randomBytes(32) }, server: "house" });
  const pair = pairOf(provider, embeddedPackage, { client: { principal: "alice" } });
  const options = { client: { target: "app/house" }, protects: true, signs: true, names: true };
  const open = (): Exchange => contextExchange(pair.outbound, pair.inbound, options);
  return { messages: ["greeting", "challenge", "proof"], open };
}

function hostedCorpus(name: "Test" | "Fixture"): Omit<Corpus, "name"> {
  const host = new PackageHost();
  if (name === "Test") host.add(testPackage());
  else host.load(compiledPackage("sound"), { splitsMessages: true });
  const pair = pairOf(host.provider, name, { client: { identity: alice } });
  const options = { protects: true, signs: true };
  return { messages: ["first", "second"], open: () => contextExchange(pair.outbound, pair.inbound, options) };
}

function tlsCorpus(protocol: "tls1.2" | "tls1.3"): Omit<Corpus, "name"> {
  const { provider } = schannelStandIn({ certificate: ecCertificate, ca: rootPem });
  const pair = pairOf(provider, "Schannel", { client: { schannel: { protocols: [protocol] } } });
  const messages = protocol === "tls1.2" ? ["hello", "answer", "keys", "finished"] : ["hello", "answer", "finished"];
  return { messages, open: () => recordExchange(pair.outbound, pair.inbound, "localhost") };
}

/** The exchange of TSRequests, as it runs inside TLS. */
function credsspCorpus(): Omit<Corpus, "name"> {
  const { provider } = innerHost({});
  const pair = pairOf(provider, "NTLM", { client: { identity: alice } });
  const open = (): Exchange => {
    const sides = drivenSides(pair.outbound, pair.inbound);
    let accepted: string | undefined;
    const client: End = { feed: (token) => requestAnswer(token, sides.client) };
    const server: End = {
      feed: (token) =>
        requestAnswer(token, (message) => {
          const { request, value } = sides.server(message);
          if (!value) return { request };
          accepted = `${sides.logon.peer.account} as ${value.user}`;
          return { value: Buffer.alloc(0) };
        }),
    };
    return { client, server, who: () => accepted, [Symbol.dispose]: sides.close };
  };
  const messages = ["negotiate", "challenge", "authenticate", "public key", "credentials"];
  return { messages, open };
}

/** A stream of requests accepts whole requests only. */
function requestAnswer(
  token: Buffer | undefined,
  drive: (message?: Buffer) => { readonly request?: Buffer | undefined; readonly value?: Buffer },
): Answer {
  const reader = new RequestReader();
  if (token) reader.push(token);
  const one = token && reader.take();
  if (token && !one) return { status: "incomplete-message" };
  const { request, value } = drive(one && Buffer.from(one));
  return { status: value ? "complete" : "continue", token: request ?? value };
}

/**
 * WinPR, on request without the checks of this library: the test has to find the defects that these checks guard
 * against.
 */
function winpr(version: 2 | 3, guarded: boolean): SecurityProvider {
  const provider = systemProvider(`libwinpr${version}.so.${version}`);
  return guarded ? provider : { ...provider, traits: { ...provider.traits, boundsTokens: true, survivesTgtReq: true } };
}

type Made = (guarded: boolean) => Omit<Corpus, "name">;

const made = {
  "WinPR 2 NTLM": (guarded) => ntlmCorpus(winpr(2, guarded), "NTLM"),
  "WinPR 2 Negotiate": (guarded) => ntlmCorpus(winpr(2, guarded), "Negotiate"),
  "WinPR 3 NTLM": (guarded) => ntlmCorpus(winpr(3, guarded), "NTLM"),
  "WinPR 3 Negotiate": (guarded) => ntlmCorpus(winpr(3, guarded), "Negotiate"),
  "WinPR 3 Kerberos": (guarded) => kerberosCorpus("Kerberos", winpr(3, guarded)),
  "WinPR 3's Negotiate server": (guarded) => kerberosCorpus("Negotiate", gssapiProvider(), winpr(3, guarded)),
  "WinPR 3's Negotiate client": (guarded) => kerberosCorpus("Negotiate", winpr(3, guarded), gssapiProvider()),
  "GSSAPI Kerberos": () => kerberosCorpus("Kerberos", gssapiProvider()),
  "GSSAPI Negotiate": () => kerberosCorpus("Negotiate", gssapiProvider()),
  embedded: embeddedCorpus,
  "hosted, in TypeScript": () => hostedCorpus("Test"),
  "hosted, in C": () => hostedCorpus("Fixture"),
  "TLS 1.2": () => tlsCorpus("tls1.2"),
  "TLS 1.3": () => tlsCorpus("tls1.3"),
  TSRequest: credsspCorpus,
  "this system's NTLM": () => ntlmCorpus(systemProvider(), "NTLM"),
} as const satisfies Record<string, Made>;

export type CorpusName = keyof typeof made;

export function corpus(name: CorpusName, guarded = true): Corpus {
  const make: Made = made[name];
  return { name, ...make(guarded) };
}
