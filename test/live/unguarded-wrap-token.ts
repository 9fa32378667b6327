import { ClientContext, Credential, ServerContext, systemProvider } from "../../src/index.ts";

const everything = ["mutualAuth", "confidentiality", "integrity"] as const;

// Runs in a separate process: without the guard, such a message ends it.
const [library, guard] = process.argv.slice(2);
const known = systemProvider(library);
const provider = guard === "guarded" ? known : { ...known, traits: { ...known.traits, boundsTokens: true } };
/** The places, in a token of RFC 4121, of the number of filler bytes and of the rotation count. */
const [fillerAt, rotationAt] = [4, 6] as const;

using outbound = Credential.acquireSync({ package: "Kerberos", use: "outbound", provider });
using inbound = Credential.acquireSync({ package: "Kerberos", use: "inbound", provider });
// A write behind the token may be detected only later.
const attempts = guard === "guarded" ? 20 : 300;
const outcomes = new Set<string>();
for (let attempt = 0; attempt < attempts; attempt += 1) {
  using client = new ClientContext(outbound, { target: "HTTP/localhost", request: everything });
  using server = new ServerContext(inbound, { request: everything });
  for (let leg = client.stepSync(), ours = false; leg.token && leg.token.length > 0; ours = !ours)
    leg = ours ? client.stepSync(leg.token) : server.stepSync(leg.token);
  const { cbSecurityTrailer } = server.query("sizes");
  for (const [filler, rotation] of [
    [0xffff, 28],
    [0x7fff, 28],
    [0, 0xffff],
    [0, 0x7fff],
  ] as const) {
    const message = client.encrypt(Buffer.alloc(64));
    message.writeUInt16BE(filler, fillerAt);
    message.writeUInt16BE(rotation, rotationAt);
    try {
      // Passed on as it came: decrypting in one piece would undo its rotation before.
      server.decryptInPlace(message.subarray(0, cbSecurityTrailer), message.subarray(cbSecurityTrailer));
    } catch (error) {
      outcomes.add((error as { code: string }).code);
    }
  }
}
console.log([...outcomes].join(" "));
