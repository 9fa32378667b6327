// Logs on with a secret that it reads from descriptor 3 as bytes, and waits wherever its memory has to be inspected.
// The peer's tokens go through standard input and output.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { openPem } from "../../src/credentials/certificates/open-pem.ts";
import { openPfx } from "../../src/credentials/certificates/open-pfx.ts";
import { tlsServer } from "../../src/credssp/node-tls.ts";
import { CredsspStream } from "../../src/credssp.ts";
import { ClientContext, Credential, gssapiProvider, ServerContext, systemProvider } from "../../src/index.ts";
import { definePackage, embeddedHost, embeddedPackage, PackageHost, schannelStandIn } from "../../src/packages.ts";
import { readSecret, said } from "./scanned-child.ts";

/** `folder` holds the files that the secret opens. */
const [way = "", as = "bytes", folder = ""] = process.argv.slice(2);

const secret = readSecret();
const password = as === "text" ? Buffer.from(secret).toString() : secret;

function logOnAs(provider = systemProvider(way.replace(/ .*/, ""))): Disposable {
  const identity = { user: "alice", domain: "", password };
  using credential = Credential.acquireSync({ package: "NTLM", use: "outbound", identity, provider });
  const client = new ClientContext(credential, { target: "HTTP/localhost", request: ["confidentiality"] });
  const { token } = client.stepSync();
  client.stepSync(Buffer.from(said(`token ${token?.toString("hex")}`), "hex"));
  return client;
}

/** With the password that scanned.ts has given this user. */
function logOnToCentreAs(user: string): Disposable {
  const identity = { user, domain: "EXAMPLE.TEST", password };
  using credential = Credential.acquireSync({
    package: "Kerberos",
    use: "outbound",
    identity,
    provider: gssapiProvider(),
  });
  const client = new ClientContext(credential, { target: "HTTP/localhost" });
  client.stepSync();
  return client;
}

const opened = (name: string): Buffer => readFileSync(join(folder, name));

function serveTls(): Disposable {
  const made: { close(): void }[] = [];
  // A later way overwrites what an earlier one leaves on the stack, so the one that leaves something is the last.
  for (const certificate of [
    { pfx: opened("key.pfx"), passphrase: secret },
    { cert: opened("certificate.pem"), key: opened("key.pem"), passphrase: secret },
  ]) {
    const host = schannelStandIn({ certificate });
    const credential = Credential.acquireSync({ package: "Schannel", use: "inbound", provider: host.provider });
    made.unshift(new ServerContext(credential), credential, host);
  }
  return {
    [Symbol.dispose]() {
      for (const one of made) one.close();
    },
  };
}

/** The key is opened before the first byte of the client, which never arrives. */
function acceptCredssp(): Disposable {
  const transport = new PassThrough();
  const certificate = { cert: opened("certificate.pem"), key: opened("key.pem"), passphrase: secret };
  CredsspStream.accept(transport, { certificate }).catch(() => {});
  return { [Symbol.dispose]: () => void transport.destroy() };
}

/** Opens the key as a CredsspStream opens its server's. */
function serveNodeTls(): Disposable {
  tlsServer({ pfx: opened("key.pfx"), passphrase: secret }, {});
  return { [Symbol.dispose]: () => {} };
}

/** Windows' functions, all of which fail: until they are called the library behaves as on Windows. */
const failing = new Proxy({}, { get: () => () => 0n }) as Parameters<typeof openPfx>[0];

function openWindowsCertificates(): Disposable {
  for (const open of [
    () => openPfx(failing, opened("key.pfx"), secret, {}),
    () => openPem(failing, opened("certificate.pem"), opened("key.pem"), { passphrase: secret }),
  ])
    try {
      open();
      throw new Error("it was opened");
    } catch (error) {
      if (!String(error).startsWith("CertificateError")) throw error;
    }
  return { [Symbol.dispose]: () => {} };
}

function logOnToCentre(): Disposable {
  const identity = { user: "alice", domain: "EXAMPLE.TEST", password };
  const options = { package: "Kerberos", use: "outbound", identity, provider: gssapiProvider() } as const;
  try {
    return Credential.acquireSync(options);
  } catch {
    // The password is wrong: until the refusal the library treats it like the right one.
    return { [Symbol.dispose]: () => {} };
  }
}

function askPackage(): Disposable {
  const host = new PackageHost();
  const defined = definePackage({
    name: "Scanned",
    maxToken: 100,
    acquireCredentials: ({ identity }) => ({ size: identity?.passwordBytes.length }),
  });
  host.add(defined);
  const identity = { user: "alice", password };
  const { provider } = host;
  const credential = Credential.acquireSync({ package: "Scanned", use: "outbound", identity, provider });
  return {
    [Symbol.dispose]() {
      credential.close();
      host.close();
      defined.close();
    },
  };
}

function shareKey(): Disposable {
  const host = embeddedHost({ keys: { alice: secret } });
  const { provider } = host;
  const shared = { package: embeddedPackage, provider } as const;
  using outbound = Credential.acquireSync({ ...shared, use: "outbound", principal: "alice" });
  using inbound = Credential.acquireSync({ ...shared, use: "inbound" });
  const client = new ClientContext(outbound);
  const server = new ServerContext(inbound);
  server.stepSync(client.stepSync(server.stepSync(client.stepSync().token as Buffer).token as Buffer).token as Buffer);
  server.decrypt(client.encrypt(Buffer.from("hello")));
  client.export().packed.fill(0);
  return {
    [Symbol.dispose]() {
      client.close();
      server.close();
      host.close();
    },
  };
}

const ways: Readonly<Record<string, () => Disposable>> = {
  gssapi: logOnToCentre,
  "gssapi-user": () => logOnToCentreAs("scanned"),
  tls: serveTls,
  credssp: acceptCredssp,
  "node-tls": serveNodeTls,
  windows: openWindowsCertificates,
  package: askPackage,
  embedded: shareKey,
};

said("given");
const logon = (ways[way] ?? logOnAs)();
said("open");
logon[Symbol.dispose]();
secret.fill(0);
globalThis.gc?.();
globalThis.gc?.();
said("closed");
