import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClientContext, Credential, LibraryNotFoundError, live, packages, ServerContext } from "sspi-ffi";
import { embeddedHost, embeddedPackage } from "sspi-ffi/packages";

/** Runs every leg off the event loop, then sends a message under the keys that the legs agreed on. */
async function talk(clientOptions, serverOptions) {
  const owned = [];
  const own = (closeable) => {
    owned.push(closeable);
    return closeable;
  };
  try {
    const request = ["confidentiality"];
    const outbound = own(await Credential.acquire({ ...clientOptions, use: "outbound" }));
    const client = own(new ClientContext(outbound, { target: "app/house", request }));
    const inbound = own(await Credential.acquire({ ...serverOptions, use: "inbound" }));
    const server = own(new ServerContext(inbound, { request }));
    let leg = await client.step();
    while (leg.token) {
      const answer = await server.step(leg.token);
      if (!answer.token) break;
      leg = await client.step(answer.token);
    }
    return server.decrypt(client.encrypt(Buffer.from("hello"))).toString();
  } finally {
    for (const one of owned.reverse()) one.close();
  }
}

/** A handshake by a package in TypeScript, behind a native function table. */
async function embedded() {
  const host = embeddedHost({ keys: { alice: Buffer.alloc(32, 7) } });
  try {
    const of = { package: embeddedPackage, provider: host.provider };
    return `${embeddedPackage}: ${await talk({ ...of, principal: "alice" }, of)}`;
  } finally {
    host.close();
  }
}

/** A handshake by the system's library, where it has NTLM. */
async function ntlm() {
  const listed = packages().find(({ name }) => name === "NTLM");
  if (!listed) return "no NTLM here";
  const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-consumer-"));
  try {
    const samFile = join(folder, "SAM");
    writeFileSync(samFile, "alice:::2e24f97bff26b2458887a9b16a3c2c39:::\n", { mode: 0o600 });
    const identity = { user: "alice", password: "userpw" };
    const said = await talk({ package: "NTLM", identity }, { package: "NTLM", winpr: { samFile } });
    return `NTLM of ${listed.library}: ${said}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Prints one line for each provider that completed a handshake; afterwards no handle is open. */
export async function handshakes() {
  const lines = [await embedded()];
  try {
    lines.push(await ntlm());
  } catch (error) {
    if (!(error instanceof LibraryNotFoundError)) throw error;
  }
  const open = live();
  return [...lines, `open: ${open.credentials + open.contexts + open.buffers}`];
}
