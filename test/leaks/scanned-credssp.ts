// Both sides of CredSSP, by the stream and by the package, one after another. A client is given its password as bytes,
// a server receives a delegated one. The other side listens at the port, and this process's memory is inspected from
// outside.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { CredsspStream, credsspHost } from "../../src/credssp.ts";
import { Credential, gssapiProvider, SecureStream, systemProvider } from "../../src/index.ts";
import { rootPem, rsaCertificate } from "../fixtures/tls-certificates.ts";
import { readSecret, said } from "./scanned-child.ts";

const [library = "", user = "", domain = "", samFile = "", port = ""] = process.argv.slice(2);
const kerberos = library === "gssapi";
const target = "TERMSRV/localhost";
const inner = {
  inner: kerberos ? "Kerberos" : "NTLM",
  innerProvider: kerberos ? gssapiProvider() : systemProvider(library),
};
const server = { certificate: rsaCertificate, ...(kerberos ? {} : { winpr: { samFile } }) };
const trust = { delegate: [target], ca: rootPem };

async function dial(): Promise<Socket> {
  const socket = connect(Number(port), "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

/** The connection, and on servers the function that takes the delegated credentials. */
type Open = AsyncDisposable & { takeOver?(): void };

async function streamClient(password: Uint8Array): Promise<Open> {
  const identity = { user, domain, password };
  return await CredsspStream.connect(await dial(), { ...inner, ...trust, target, identity });
}

async function streamServer(): Promise<Open> {
  const stream = await CredsspStream.accept(await dial(), { ...inner, ...server });
  return {
    takeOver: () => stream.delegated?.use((_domain, _user, password) => void password.toString("latin1", 0, 2)),
    [Symbol.asyncDispose]: () => stream[Symbol.asyncDispose](),
  };
}

async function packageClient(password: Uint8Array): Promise<Open> {
  const host = credsspHost({ ...inner, ...trust });
  const { provider } = host;
  const credssp = { spnego: { user, domain, password } };
  const credential = Credential.acquireSync({ package: "CREDSSP", use: "outbound", provider, credssp });
  const stream = SecureStream.connect(await dial(), credential, { target, allowMissingClose: true });
  return await secured(stream, credential, host);
}

async function packageServer(): Promise<Open> {
  const host = credsspHost({ ...inner, server });
  const credential = Credential.acquireSync({ package: "CREDSSP", use: "inbound", provider: host.provider });
  const stream = SecureStream.accept(await dial(), credential, { allowMissingClose: true });
  const open = await secured(stream, credential, host);
  const takeOver = (): void => void stream.context.query("clientCredentials").AuthBuffer.fill(0);
  return { takeOver, [Symbol.asyncDispose]: () => open[Symbol.asyncDispose]() };
}

async function secured(stream: SecureStream, ...below: readonly { close(): void }[]): Promise<Open> {
  await once(stream, "secure");
  return {
    async [Symbol.asyncDispose]() {
      await stream[Symbol.asyncDispose]();
      for (const one of below) one.close();
    },
  };
}

function looked(where: string): void {
  globalThis.gc?.();
  globalThis.gc?.();
  said(where);
}

async function look(side: string, opening: Promise<Open>): Promise<void> {
  const open = await opening;
  looked(`${side}, open`);
  if (open.takeOver) {
    open.takeOver();
    looked(`${side}, taken`);
  }
  await open[Symbol.asyncDispose]();
  looked(`${side}, closed`);
}

const secret = readSecret();
looked("given");
await look("stream client", streamClient(secret));
await look("package client", packageClient(secret));
secret.fill(0);
looked("zeroed");
await look("stream server", streamServer());
await look("package server", packageServer());
