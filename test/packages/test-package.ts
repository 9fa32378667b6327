import { createHmac } from "node:crypto";
import {
  type DefinedPackage,
  definePackage,
  type PackageDefinition,
  PackageError,
  type Session,
} from "../../src/packages.ts";

export interface TestCredential {
  readonly user: string;
  readonly domain: string;
}

export interface TestContext {
  readonly peer: string;
}

const macSize = 16;

/** The content of a packed session. */
interface Packed {
  readonly peer: string;
  readonly sent: number;
  readonly received: number;
}

/** Inverts messages to "encrypt" them and adds an HMAC with a number, which is enough to detect mistakes. */
export class TestSession implements Session {
  readonly #peer: string;
  #sent: number;
  #received: number;
  readonly #token: bigint | undefined;

  constructor({ peer, sent, received }: Packed, token: bigint | undefined) {
    this.#peer = peer;
    this.#sent = sent;
    this.#received = received;
    this.#token = token;
  }

  readonly query: NonNullable<Session["query"]> = {
    sizes: () => ({ cbMaxToken: 256, cbMaxSignature: macSize, cbBlockSize: 0, cbSecurityTrailer: macSize }),
    names: () => ({ sUserName: this.#peer }),
    sessionKey: () => ({ SessionKeyLength: 4, SessionKey: new Uint8Array(Buffer.from("key!")) }),
    lifespan: () => ({ tsStart: new Date(2026, 0, 1), tsExpiry: new Date(2027, 0, 1) }),
  };

  sign(message: Buffer): Buffer {
    this.#sent += 1;
    return mac(message, this.#sent);
  }

  verify(message: Buffer, signature: Buffer): boolean {
    this.#received += 1;
    return mac(message, this.#received).equals(signature);
  }

  seal(message: Buffer): { token: Buffer; data: Buffer } {
    return { token: this.sign(message), data: inverted(message) };
  }

  unseal(data: Buffer, token: Buffer): Buffer {
    const plain = inverted(data);
    if (!this.verify(plain, token)) throw new PackageError("SEC_E_MESSAGE_ALTERED");
    return plain;
  }

  export({ resetNew }: { resetNew: boolean }): Buffer {
    const [sent, received] = resetNew ? [0, 0] : [this.#sent, this.#received];
    return pack({ peer: this.#peer, sent, received });
  }

  token(): bigint {
    return this.#token ?? 0x1234n;
  }
}

function mac(message: Buffer, number: number): Buffer {
  return createHmac("sha256", "key!").update(`${number}:`).update(message).digest().subarray(0, macSize);
}

function inverted(bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte) => byte ^ 0xff));
}

export function pack(packed: Packed): Buffer {
  return Buffer.from(JSON.stringify(packed));
}

function unpack(bytes: Buffer): Packed {
  try {
    return JSON.parse(bytes.toString()) as Packed;
  } catch {
    throw new PackageError("SEC_E_INVALID_TOKEN");
  }
}

/** The client sends "hello" and its name, the server "welcome" and its name; the client's second leg completes. */
export const testDefinition: PackageDefinition<TestCredential, TestContext> = {
  name: "Test",
  comment: "two legs",
  maxToken: 256,
  capabilities: ["integrity", "privacy", "connection", "negotiable"],
  acquireCredentials: ({ identity }) => ({ user: identity?.user ?? "nobody", domain: identity?.domain ?? "" }),
  initContext({ credential, context, target, token, requested }) {
    if (!context) {
      const hello = Buffer.from(`hello ${credential?.user} to ${target}`);
      return { status: "continue", context: { peer: "" }, token: hello };
    }
    const [word, peer] = (token ?? Buffer.alloc(0)).toString().split(" ");
    if (word !== "welcome" || peer === undefined) throw new PackageError("SEC_E_INVALID_TOKEN");
    const granted = requested.filter((name) => name === "confidentiality" || name === "integrity");
    return { status: "complete", context: { peer }, granted, session: pack({ peer, sent: 0, received: 0 }) };
  },
  acceptContext({ token }) {
    const [word, peer] = (token ?? Buffer.alloc(0)).toString().split(" ");
    if (word !== "hello" || peer === undefined) throw new PackageError("SEC_E_INVALID_TOKEN");
    if (peer === "mallory") throw new PackageError("SEC_E_LOGON_DENIED", { token: Buffer.from("no") });
    const session = pack({ peer, sent: 0, received: 0 });
    const expiry = new Date(2030, 5, 1, 12);
    return { status: "complete", context: { peer }, token: Buffer.from("welcome host"), session, expiry };
  },
  openSession: (packed, { token }) => new TestSession(unpack(packed), token),
};

/** The test package, with a few things changed. */
export function testPackage(
  changes: Partial<PackageDefinition<TestCredential, TestContext>> = {},
): DefinedPackage<TestCredential, TestContext> {
  return definePackage({ ...testDefinition, ...changes });
}

/** Opens the test package's sessions, with some members changed. */
export function sessionsWith(
  members: object,
): NonNullable<PackageDefinition<TestCredential, TestContext>["openSession"]> {
  return (packed, origin) => Object.assign(testDefinition.openSession?.(packed, origin) as TestSession, members);
}
