import {
  ClientContext,
  Credential,
  capabilities,
  type Leg,
  LibraryNotFoundError,
  live,
  packages,
  ServerContext,
  SspiError,
  systemProvider,
} from "sspi-ffi";
import { type Cast, embeddedStage, kerberosStage, type Stage, systemStage } from "./demo-cast.ts";

// WinPR logs what fails here on purpose.
process.env["WLOG_LEVEL"] ??= "OFF";

// Whoever reads only the first lines has closed the pipe.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

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

async function logOn({ client: outbound, server: inbound }: Cast): Promise<void> {
  using clientCredential = Credential.acquireSync(outbound);
  using serverCredential = Credential.acquireSync(inbound);
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

async function refuse({ client: outbound, server: inbound }: Cast): Promise<void> {
  try {
    using clientCredential = Credential.acquireSync(outbound);
    using serverCredential = Credential.acquireSync(inbound);
    using client = new ClientContext(clientCredential, { target: "HTTP/localhost" });
    using server = new ServerContext(serverCredential);
    await handshake(client, server);
  } catch (error) {
    if (!(error instanceof SspiError)) throw error;
    const who = error.operation === "AcceptSecurityContext" ? "server" : "client";
    console.log(`  ${who} refuses   ${error.message}`);
    return;
  }
  throw new Error("a stranger was let in");
}

function showLive(): void {
  heading("Still held");
  console.log(
    `  ${Object.entries(live())
      .map(([kind, count]) => `${kind} ${count}`)
      .join(", ")}`,
  );
}

/** The system's SSPI; where there is none Kerberos of its GSSAPI, or the embedded package where nobody can log on with it. */
async function openStage(): Promise<Stage> {
  const chosen = process.env["SSPI_LIBRARY"];
  const found = chosen === "gssapi" ? undefined : systemLibrary();
  if (found && "kind" in found) return systemStage(found);
  if (found) console.log(found.message);
  const kerberos = chosen === undefined || chosen === "gssapi" ? await kerberosStage() : undefined;
  if (kerberos && "cast" in kerberos) {
    heading("No SSPI library is here: the demo runs on Kerberos of the system's GSSAPI");
    return kerberos;
  }
  heading("No SSPI library is here: the demo runs on the embedded package");
  if (kerberos) console.log(`Kerberos of the system's GSSAPI logs nobody on here: ${kerberos.message}`);
  return embeddedStage();
}

/** The system's SSPI library, or why there is none. */
function systemLibrary(): ReturnType<typeof systemProvider> | LibraryNotFoundError {
  try {
    return systemProvider();
  } catch (error) {
    if (error instanceof LibraryNotFoundError) return error;
    throw error;
  }
}

using stage = await openStage();
const { provider } = stage;
console.log(stage.introduction);
heading("Packages");
console.log(packages(provider));
heading("What it has");
console.log(capabilities(provider));
heading(stage.title);
await logOn(stage.cast);
if (stage.impostor) {
  heading(stage.impostor.title);
  await refuse(stage.impostor.cast);
}
showLive();
