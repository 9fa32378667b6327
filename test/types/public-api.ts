/**
 * Compiled by `npm run types`, never run: every `@ts-expect-error` below is a mistake that the compiler has to
 * report.
 */
import {
  ClientContext,
  type Credential,
  Credential as Credentials,
  documentedTraits,
  type ProviderTraits,
  SecureStream,
  ServerContext,
  type SspiError,
} from "sspi-ffi";
import { EncryptMessage, QuerySecurityPackageInfoW, SecBuffer } from "sspi-ffi/raw";

declare const credential: Credential;
declare const client: ClientContext;
declare const server: ServerContext;

// Flags are names, and each side has its own.
new ClientContext(credential, { request: ["mutualAuth", "useDceStyle"], require: ["confidentiality"] });
// @ts-expect-error no such flag
new ClientContext(credential, { request: ["mutualAuthentication"] });
// @ts-expect-error a flag that no context reports cannot be required
new ClientContext(credential, { require: ["promptForCreds"] });
// @ts-expect-error a flag of servers only
new ClientContext(credential, { request: ["allowMissingBindings"] });
// @ts-expect-error no such flag to ask for
client.hasFlag("confidential");
// Flags beyond 32 bits are names too, and each side has its own.
new ClientContext(credential, { request: ["messages", "deferredCredValidation"], require: ["messages"] });
client.hasFlag("messages");
// @ts-expect-error a flag of clients only
new ServerContext(credential, { request: ["deferredCredValidation"] });

// Buffers are told apart by `type`, and each type has its own content.
client.stepSync(undefined, { buffers: [{ type: "target", name: "HTTP/host" }], output: [{ type: "alert", size: 64 }] });
// @ts-expect-error the content of another kind
client.stepSync(undefined, { buffers: [{ type: "target", bytes: new Uint8Array() }] });
// @ts-expect-error the peer's token is an argument of its own, not a buffer
client.stepSync(undefined, { buffers: [{ type: "token", bytes: new Uint8Array() }] });
// @ts-expect-error an alert has a level
client.applyControlToken({ type: "alert", alert: "closeNotify" });

// Attributes are names, and each has its own fields.
const size: number = client.query("sizes").cbSecurityTrailer;
const name: string = client.query("names").sUserName;
const key: Uint8Array = server.query("sessionKey").SessionKey;
// @ts-expect-error no such attribute
client.query("size");
// @ts-expect-error a field misspelt
client.query("sizes").cbSecurityTrailler;

// @ts-expect-error neither inbound, outbound nor both
Credentials.acquire({ package: "Negotiate", use: "client" });
// @ts-expect-error a server always has the client's token
server.step();

// The status of a leg decides which members it has.
const leg = client.stepSync();
if (leg.status === "continue") leg.token.toString("base64");
// @ts-expect-error a complete leg may have no token
if (leg.status === "complete") leg.token.toString("base64");

// The status of a read decides which members it has.
const read = client.decryptStream(new Uint8Array(5));
if (read.status === "data") read.data.toString();
// @ts-expect-error an incomplete record has no data
if (read.status === "incomplete-message") read.data.toString();
client.encryptBuffers([{ type: "data", bytes: key, access: "readonlyWithChecksum" }, { type: "token" }], {
  quality: "wrapNoEncrypt",
});
// @ts-expect-error no such buffer
client.signBuffers([{ type: "signature" }]);
// @ts-expect-error no such quality
client.encrypt(key, { quality: "signOnly" });

// A stream belongs to one side, and has the options of that side's context.
declare const transport: import("node:stream").Duplex;
const stream = SecureStream.connect(transport, credential, { target: "localhost", require: ["mutualAuth"] });
const sent: string | undefined = stream.context.target;
const accepted: ServerContext = SecureStream.accept(transport, credential, { handshakeTimeout: 1000 }).context;
// @ts-expect-error a server does not check a server's certificate
SecureStream.accept(transport, credential, { checkServerIdentity: () => undefined });
// @ts-expect-error the check returns an Error or undefined, not a boolean
SecureStream.connect(transport, credential, { checkServerIdentity: () => true });

// A provider states every trait.
const { boundsTokens, ...otherTraits } = documentedTraits;
const stated: ProviderTraits = { ...otherTraits, boundsTokens };
// @ts-expect-error a trait is forgotten
const forgotten: ProviderTraits = otherTraits;

// Codes of errors are the headers' names.
declare const error: SspiError;
if (error.code === "SEC_E_LOGON_DENIED") throw error;
// @ts-expect-error no status has this name
if (error.code === "SEC_E_LOGON_REFUSED") throw error;

// sspi-ffi/raw has the names and types of the headers.
EncryptMessage({ dwLower: 1n, dwUpper: 2n }, 0, { ulVersion: 0, cBuffers: 0, pBuffers: 0n }, 0);
// @ts-expect-error a struct field misspelt
EncryptMessage({ dwLower: 1n, dwHigher: 2n }, 0, { ulVersion: 0, cBuffers: 0, pBuffers: 0n }, 0);
// @ts-expect-error pszPackageName takes a string, bytes or an address, but no object
QuerySecurityPackageInfoW({}, [0n]);
const offset: number = SecBuffer.layouts["win32-ia32"].offsets.pvBuffer;
// @ts-expect-error no such field
SecBuffer.layouts["win32-ia32"].offsets.pvBuffers;

export { accepted, forgotten, key, name, offset, sent, size, stated };
