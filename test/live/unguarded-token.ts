import { ClientContext, Credential, ServerContext, systemProvider } from "../../src/index.ts";

// Runs in a separate process: without the guard, this token ends it.
const [library, samFile = "", guard] = process.argv.slice(2);
const known = systemProvider(library);
const unguarded = { ...known, traits: { ...known.traits, boundsTokens: true, survivesTgtReq: true } };
const provider = guard === "guarded" ? known : unguarded;
/** The place of EncryptedRandomSessionKey's offset in an AUTHENTICATE_MESSAGE. */
const keyOffset = 56;

function exchange(change: (token: Buffer) => void): string {
  const identity = { user: "alice", password: "userpw" };
  using alice = Credential.acquireSync({ package: "NTLM", use: "outbound", provider, identity });
  using house = Credential.acquireSync({ package: "NTLM", use: "inbound", provider, winpr: { samFile } });
  using client = new ClientContext(alice, { request: ["confidentiality"] });
  using server = new ServerContext(house, { request: ["confidentiality"] });
  const challenge = server.stepSync(client.stepSync().token as Buffer).token;
  const { token } = client.stepSync(challenge);
  change(token as Buffer);
  try {
    return server.stepSync(token as Buffer).status;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

console.log(exchange(() => {}));
const outcomes = Array.from({ length: 50 }, () => exchange((token) => token.writeUInt32LE(1, keyOffset)));
console.log([...new Set(outcomes)].join(" "));
