import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import type { SecurityProvider } from "../../src/index.ts";
import {
  definePackage,
  type PackageDefinition,
  PackageError,
  PackageHost,
  type PackageLeg,
  type Session,
} from "../../src/packages.ts";

/** How an inner package deviates from correct behaviour. */
export interface InnerFaults {
  /** It reports that messages are encrypted, and leaves them readable. */
  readonly leavesReadable?: boolean;
  /** The side that has no memory left when it has to encrypt. */
  readonly cannotSeal?: "client" | "server";
  /** The flags that it grants. */
  readonly granted?: readonly string[];
  /** The name that its server gives the client. */
  readonly peerName?: string;
}

const users: Readonly<Record<string, string>> = { alice: "userpw", bob: "bobpw", guest: "guestpw" };
const signature = Buffer.from("NTLMSSP\0", "latin1");

interface InnerCredential {
  readonly user: string;
  readonly domain: string;
  readonly password: string;
}

interface InnerContext {
  readonly nonce: Buffer;
}

interface Packed {
  readonly role: "client" | "server";
  readonly key: string;
  readonly peer: string;
}

type Leg = PackageLeg<InnerContext, never>;

/** A session whose messages are AES-GCM, numbered, with a key for each direction. */
class InnerSession implements Session {
  readonly #packed: Packed;
  readonly #faults: InnerFaults;
  #sent = 0;
  #received = 0;

  constructor(packed: Packed, faults: InnerFaults) {
    this.#packed = packed;
    this.#faults = faults;
  }

  readonly query: NonNullable<Session["query"]> = {
    sizes: () => ({ cbMaxToken: 4096, cbMaxSignature: 16, cbBlockSize: 0, cbSecurityTrailer: 16 }),
    names: () => ({ sUserName: this.#packed.peer }),
    nativeNames: () => ({ sClientName: "alice@EXAMPLE.TEST", sServerName: "TERMSRV/localhost@EXAMPLE.TEST" }),
  };

  seal(message: Buffer): { readonly token: Buffer; readonly data: Buffer } {
    if (this.#faults.cannotSeal === this.#packed.role) throw new PackageError("SEC_E_INSUFFICIENT_MEMORY");
    this.#sent += 1;
    const cipher = createCipheriv("aes-256-gcm", this.#key(this.#packed.role), nonceOf(this.#sent));
    const data = Buffer.concat([cipher.update(message), cipher.final()]);
    return { token: cipher.getAuthTag(), data: this.#faults.leavesReadable ? message : data };
  }

  unseal(data: Buffer, token: Buffer): Buffer {
    this.#received += 1;
    const from = this.#packed.role === "client" ? "server" : "client";
    const decipher = createDecipheriv("aes-256-gcm", this.#key(from), nonceOf(this.#received));
    decipher.setAuthTag(token);
    try {
      return Buffer.concat([decipher.update(data), decipher.final()]);
    } catch {
      throw new PackageError("SEC_E_MESSAGE_ALTERED");
    }
  }

  #key(role: string): Buffer {
    return createHmac("sha256", Buffer.from(this.#packed.key, "hex")).update(role).digest();
  }
}

function nonceOf(number: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(number);
  return nonce;
}

function keyOf(password: string, ...parts: readonly (string | Uint8Array)[]): Buffer {
  const hmac = createHmac("sha256", password);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}

function completed(packed: Packed, nonce: Buffer, token: Buffer | undefined, granted: readonly string[]): Leg {
  const session = Buffer.from(JSON.stringify(packed));
  return { status: "complete", context: { nonce }, session, granted: granted as never, ...(token && { token }) };
}

const said = (value: object): Buffer => Buffer.from(JSON.stringify(value));

function heard<T>(bytes: Buffer | undefined): T {
  try {
    return JSON.parse((bytes ?? Buffer.alloc(0)).toString()) as T;
  } catch {
    throw new PackageError("SEC_E_INVALID_TOKEN");
  }
}

/**
 * Legs like NTLM's: the client is complete with its second token, the server when it has that token. They do not prove
 * the server.
 */
function challengeResponse(
  faults: InnerFaults,
): Pick<PackageDefinition<InnerCredential, InnerContext>, "initContext" | "acceptContext"> {
  const granted = faults.granted ?? ["confidentiality", "integrity", "replayDetect", "sequenceDetect"];
  return {
    initContext({ credential, context, token }) {
      if (!context)
        return {
          status: "continue",
          context: { nonce: Buffer.alloc(0) },
          token: Buffer.concat([signature, Buffer.of(1)]),
        };
      const { user = "", domain = "", password = "" } = credential ?? {};
      const nonce = (token ?? Buffer.alloc(0)).subarray(9);
      if (nonce.length !== 16) throw new PackageError("SEC_E_INVALID_TOKEN");
      const key = keyOf(password, nonce);
      const proof = said({ user, domain, proof: keyOf(password, "proof", nonce).toString("hex") });
      const packed = { role: "client", key: key.toString("hex"), peer: qualified(domain, user) } as const;
      return completed(packed, nonce, Buffer.concat([signature, Buffer.of(3), proof]), granted);
    },
    acceptContext({ context, token = Buffer.alloc(0) }) {
      if (!context) {
        if (token[8] !== 1) throw new PackageError("SEC_E_INVALID_TOKEN");
        const nonce = randomBytes(16);
        return { status: "continue", context: { nonce }, token: Buffer.concat([signature, Buffer.of(2), nonce]) };
      }
      type Proof = { readonly user: string; readonly domain: string; readonly proof: string };
      const { user, domain, proof } = heard<Proof>(token.subarray(9));
      const password = users[user] ?? randomBytes(8).toString("hex");
      if (proof !== keyOf(password, "proof", context.nonce).toString("hex"))
        throw new PackageError("SEC_E_LOGON_DENIED");
      const key = keyOf(password, context.nonce).toString("hex");
      const packed = { role: "server", key, peer: faults.peerName ?? qualified(domain, user) } as const;
      return completed(packed, context.nonce, undefined, granted);
    },
  };
}

/**
 * Legs like Kerberos': the server is complete with its only token, the client when it has that token. They prove the
 * server.
 */
function ticket(
  faults: InnerFaults,
): Pick<PackageDefinition<InnerCredential, InnerContext>, "initContext" | "acceptContext"> {
  const always = ["confidentiality", "integrity", "replayDetect", "sequenceDetect", "mutualAuth"];
  const granted = faults.granted ?? always;
  return {
    initContext({ credential, context, token, target }) {
      const { user = "", domain = "", password = "" } = credential ?? {};
      if (!context) {
        const nonce = randomBytes(16);
        const proof = keyOf(password, nonce, target ?? "").toString("hex");
        return {
          status: "continue",
          context: { nonce },
          token: said({ user, domain, target, nonce: nonce.toString("hex"), proof }),
        };
      }
      const answer = keyOf(password, "answer", context.nonce).toString("hex");
      if (heard<{ readonly answer: string }>(token).answer !== answer)
        throw new PackageError("SEC_E_MUTUAL_AUTH_FAILED");
      const key = keyOf(password, "key", context.nonce).toString("hex");
      return completed({ role: "client", key, peer: `${user}@${domain}` }, context.nonce, undefined, granted);
    },
    acceptContext({ token }) {
      type Request = {
        readonly user: string;
        readonly domain: string;
        readonly target: string;
        readonly nonce: string;
        readonly proof: string;
      };
      const { user, domain, target, nonce, proof } = heard<Request>(token);
      const bytes = Buffer.from(nonce, "hex");
      const password = users[user] ?? "";
      if (proof !== keyOf(password, bytes, target).toString("hex")) throw new PackageError("SEC_E_LOGON_DENIED");
      const answer = said({ answer: keyOf(password, "answer", bytes).toString("hex") });
      const key = keyOf(password, "key", bytes).toString("hex");
      const peer = faults.peerName ?? `${user}@${domain}`;
      return completed({ role: "server", key, peer }, bytes, answer, granted);
    },
  };
}

function qualified(domain: string, user: string): string {
  return domain === "" ? user : `${domain}\\${user}`;
}

function definition(
  name: string,
  faults: InnerFaults,
  legs: Pick<PackageDefinition<InnerCredential, InnerContext>, "initContext" | "acceptContext">,
): PackageDefinition<InnerCredential, InnerContext> {
  return {
    name,
    maxToken: 4096,
    capabilities: ["integrity", "privacy", "connection"],
    acquireCredentials: ({ identity }) => ({
      user: identity?.user ?? "",
      domain: identity?.domain ?? "",
      password: identity?.password ?? "",
    }),
    openSession: (packed) => new InnerSession(heard<Packed>(packed), faults),
    ...legs,
  };
}

/** A host of "NTLM" and "Kerberos" for alice (`userpw`), bob (`bobpw`) and guest. */
export function innerHost(faults: InnerFaults = {}): { readonly provider: SecurityProvider; close(): void } {
  const host = new PackageHost();
  const made = [
    definePackage(definition("NTLM", faults, challengeResponse(faults))),
    definePackage(definition("Kerberos", faults, ticket(faults))),
  ];
  for (const one of made) host.add(one);
  const close = (): void => {
    host.close();
    for (const one of made) one.close();
  };
  return { provider: host.provider, close };
}
