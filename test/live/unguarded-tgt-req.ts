import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Credential, ServerContext, systemProvider } from "../../src/index.ts";

// Runs in a separate process: without the guard, this token ends it.
const [library, folder = "", name = "", guard] = process.argv.slice(2);

/** MIT's file format 0x0502, with one key of HTTP/localhost@EXAMPLE.TEST. */
function keytab(): Buffer {
  const counted = (bytes: string | Buffer): Buffer => Buffer.concat([uint16(bytes.length), Buffer.from(bytes)]);
  const [principal, time, version, aes256] = [uint32(1), uint32(0), Buffer.of(1), uint16(18)];
  const names = [uint16(2), ...["EXAMPLE.TEST", "HTTP", "localhost"].map(counted)];
  const entry = Buffer.concat([...names, principal, time, version, aes256, counted(Buffer.alloc(32, 7))]);
  return Buffer.concat([uint16(0x0502), uint32(entry.length), entry]);
}

function uint16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff);
}

function uint32(value: number): Buffer {
  return Buffer.concat([uint16(value >>> 16), uint16(value & 0xffff)]);
}

const configuration = `[libdefaults]
default_realm = EXAMPLE.TEST
dns_lookup_kdc = false
[realms]
EXAMPLE.TEST = {
  kdc = 127.0.0.1:1
}
`;
writeFileSync(join(folder, "keytab"), keytab(), { mode: 0o600 });
writeFileSync(join(folder, "krb5.conf"), configuration);
process.env["KRB5_CONFIG"] = join(folder, "krb5.conf");
process.env["KRB5_KTNAME"] = join(folder, "keytab");
process.env["KRB5CCNAME"] = `FILE:${join(folder, "ccache")}`;

/** A TGT-REQ for HTTP@localhost:8080 under 1.2.840.113554.1.2.2.3, and the same in SPNEGO. */
const kerberos = Buffer.from(
  "603d060a2a864886f712010202030400302da003020105a103020110a221301fa003020103a11830161b04485454501b0e6c6f63616c686f73743a38303830",
  "hex",
);
const mechanisms =
  "607606062b0601050502a06c306aa0253023060a2a864886f7120102020306092a864886f712010202060a2b06010401823702020aa241043f";
const negotiate = Buffer.concat([Buffer.from(mechanisms, "hex"), kerberos]);

const known = systemProvider(library);
const provider = guard === "guarded" ? known : { ...known, traits: { ...known.traits, survivesTgtReq: true } };
using credential = Credential.acquireSync({ package: name, use: "inbound", provider });
for (let attempt = 0; attempt < 20; attempt += 1) {
  using server = new ServerContext(credential);
  try {
    server.stepSync(name === "Negotiate" ? negotiate : kerberos);
  } catch (error) {
    if (attempt === 0) console.log((error as { code: string }).code);
  }
}
console.log("alive");
