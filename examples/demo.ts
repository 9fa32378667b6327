import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ClientContext,
  Credential,
  type CredentialOptions,
  capabilities,
  type Leg,
  LibraryNotFoundError,
  live,
  packages,
  type SecurityProvider,
  ServerContext,
  SspiError,
  systemProvider,
} from "sspi-ffi";

// WinPR logs what fails here on purpose.
process.env["WLOG_LEVEL"] ??= "OFF";

/** Who logs on to whom: the current user on Windows, alice of a SAM file on WinPR. */
interface Cast {
  readonly client: CredentialOptions;
  readonly server: CredentialOptions;
}

const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-demo-"));

function cast(provider: SecurityProvider, password: string): Cast {
  if (provider.kind !== "winpr")
    return {
      client: { package: "Negotiate", use: "outbound", provider },
      server: { package: "Negotiate", use: "inbound", provider },
    };
  const samFile = join(folder, "SAM");
  // The NT hash of "userpw": MD4 of its UTF-16LE bytes.
  writeFileSync(samFile, "alice:::2e24f97bff26b2458887a9b16a3c2c39:::\n");
  return {
    client: { package: "NTLM", use: "outbound", identity: { user: "alice", password }, provider },
    server: { package: "NTLM", use: "inbound", samFile, provider },
  };
}

function heading(text: string): void {
  console.log(process.stdout.isTTY ? `\n\x1b[1m${text}\x1b[0m` : `\n${text}`);
}

function showLeg(who: string, native: string, leg: Leg): void {
  const token = leg.token ? `${leg.token.length} bytes to the peer` : "nothing to send";
  console.log(`  ${who.padEnd(7)}${native.padEnd(28)}${leg.code.padEnd(24)}${token}`);
}

async function handshake(client: ClientContext, server: ServerContext): Promise<void> {
  let leg = await client.step();
  showLeg("client", "InitializeSecurityContextW", leg);
  while (leg.token) {
    const answer = await server.step(leg.token);
    showLeg("server", "AcceptSecurityContext", answer);
    if (!answer.token) return;
    leg = await client.step(answer.token);
    showLeg("client", "InitializeSecurityContextW", leg);
  }
}

function showAttributes(context: ClientContext): void {
  console.log(`  flags            ${context.flags === "unknown" ? "unknown" : context.flags.join(" ")}`);
  for (const attribute of ["names", "negotiationInfo", "sizes", "lifespan", "keyInfo"] as const) {
    try {
      const fields = Object.entries(context.query(attribute)).map(([name, value]) => `${name} ${shown(value)}`);
      console.log(`  ${attribute.padEnd(17)}${fields.join(", ")}`);
    } catch (error) {
      console.log(`  ${attribute.padEnd(17)}unknown (${error instanceof SspiError ? error.code : error})`);
    }
  }
}

function shown(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object" && value !== null && "Name" in value) return String(value.Name);
  return String(value);
}

function protect(client: ClientContext, server: ServerContext): void {
  const message = "The quick brown fox jumps over the lazy dog";
  const sealed = client.encrypt(Buffer.from(message));
  console.log(`  client encrypts  ${JSON.stringify(message)}`);
  for (let at = 0; at < sealed.length; at += 16) {
    const row = sealed.subarray(at, at + 16);
    console.log(`    ${at.toString(16).padStart(4, "0")}  ${(row.toString("hex").match(/../g) ?? []).join(" ")}`);
  }
  console.log(`  server decrypts  ${JSON.stringify(server.decrypt(sealed).toString())}`);
}

async function logOn(provider: SecurityProvider, password: string): Promise<void> {
  const { client: outbound, server: inbound } = cast(provider, password);
  using clientCredential = Credential.acquire(outbound);
  using serverCredential = Credential.acquire(inbound);
  using client = new ClientContext(clientCredential, {
    target: "HTTP/localhost",
    request: ["confidentiality", "integrity", "mutualAuth"],
  });
  using server = new ServerContext(serverCredential, { request: ["confidentiality", "integrity"] });
  await handshake(client, server);
  heading("What was agreed");
  showAttributes(client);
  heading("What the server's context can do");
  console.log(capabilities(server));
  heading("A message");
  protect(client, server);
}

async function refuse(provider: SecurityProvider): Promise<void> {
  heading("alice with a wrong password");
  try {
    const { client: outbound, server: inbound } = cast(provider, "not her password");
    using clientCredential = Credential.acquire(outbound);
    using serverCredential = Credential.acquire(inbound);
    using client = new ClientContext(clientCredential, { target: "HTTP/localhost" });
    using server = new ServerContext(serverCredential);
    await handshake(client, server);
    throw new Error("the server accepted a wrong password");
  } catch (error) {
    if (!(error instanceof SspiError)) throw error;
    console.log(`  server refuses   ${error.message}`);
  }
}

function showLive(): void {
  heading("Still held");
  console.log(
    `  ${Object.entries(live())
      .map(([kind, count]) => `${kind} ${count}`)
      .join(", ")}`,
  );
}

try {
  const provider = systemProvider();
  console.log(`SSPI of ${provider.label}${provider.version ? `, version ${provider.version}` : ""}`);
  heading("Packages");
  console.log(packages(provider));
  heading("What it has");
  console.log(capabilities(provider));
  heading(provider.kind === "winpr" ? "alice logs on with NTLM" : "The current user logs on with Negotiate");
  await logOn(provider, "userpw");
  if (provider.kind === "winpr") await refuse(provider);
  showLive();
} catch (error) {
  if (!(error instanceof LibraryNotFoundError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
