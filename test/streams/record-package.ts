import { createHmac } from "node:crypto";
import {
  type DefinedPackage,
  definePackage,
  type OpenedRecord,
  PackageError,
  type PackageLeg,
  type SealedRecord,
  type Session,
} from "../../src/packages.ts";

const head = 5;
const macSize = 16;
/** The first byte of each message and record on the wire; four bytes of length follow. */
const kind = { handshake: 22, data: 1, close: 2, again: 3 } as const;

/** Data that a server writes to make its record request a renegotiation from the client. */
export const askAgain = "let us shake hands again";

export interface RecordPackageOptions {
  readonly maximumMessage?: number;
  /** False: the package has no closing message. */
  readonly closes?: boolean;
}

function frame(type: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(head);
  header[0] = type;
  header.writeUInt32BE(payload.length, 1);
  return Buffer.concat([header, payload]);
}

/** One side of a connection; records are numbered from each handshake on. */
class Side {
  readonly id: number;
  stage = 0;
  sent = 0;
  received = 0;
  closing = false;
  handshakes = 0;

  constructor(id: number) {
    this.id = id;
  }

  mac(type: number, number: number, data: Uint8Array): Buffer {
    const content = createHmac("sha256", `key ${this.handshakes}`).update(`${type}:${number}:`).update(data);
    return content.digest().subarray(0, macSize);
  }

  agreed(): void {
    [this.stage, this.sent, this.received] = [0, 0, 0];
    this.handshakes += 1;
  }

  seal(type: number, plain: Uint8Array): SealedRecord {
    const trailer = this.mac(type, this.sent, plain);
    this.sent += 1;
    const header = frame(type, Buffer.alloc(plain.length + macSize)).subarray(0, head);
    return { header, data: inverted(plain), trailer };
  }

  closeRecord(): Buffer {
    const { header, data, trailer } = this.seal(kind.close, new Uint8Array());
    return Buffer.concat([header, data, trailer]);
  }
}

function inverted(bytes: Uint8Array): Buffer {
  const turned = Buffer.from(bytes);
  for (let index = 0; index < turned.length; index += 1) turned[index] = (turned[index] as number) ^ 0xff;
  return turned;
}

class RecordSession implements Session {
  readonly #side: Side;
  readonly query: NonNullable<Session["query"]>;

  constructor(side: Side, maximum: number) {
    this.#side = side;
    this.query = {
      streamSizes: () => ({
        cbHeader: head,
        cbTrailer: macSize,
        cbMaximumMessage: maximum,
        cBuffers: 4,
        cbBlockSize: 1,
      }),
    };
  }

  sealRecord(message: Buffer): SealedRecord {
    return this.#side.seal(message.toString() === askAgain ? kind.again : kind.data, message);
  }

  openRecord(bytes: Buffer): OpenedRecord {
    if (bytes.length < head) return { status: "incomplete-message", missing: head - bytes.length };
    const type = bytes[0] as number;
    // A client starts a renegotiation: its message belongs to the next leg.
    if (type === kind.handshake) return { status: "renegotiate", length: 0 };
    const length = head + bytes.readUInt32BE(1);
    if (type > kind.again || length < head + macSize) throw new PackageError("SEC_E_INVALID_TOKEN");
    if (bytes.length < length) return { status: "incomplete-message", missing: length - bytes.length };
    const data = inverted(bytes.subarray(head, length - macSize));
    const side = this.#side;
    if (!side.mac(type, side.received, data).equals(bytes.subarray(length - macSize, length)))
      throw new PackageError("SEC_E_MESSAGE_ALTERED");
    side.received += 1;
    if (type === kind.close) return { status: "closed", length };
    return { status: type === kind.again ? "renegotiate" : "data", length, start: head, data };
  }
}

const granted = ["confidentiality", "integrity", "stream", "sequenceDetect", "replayDetect"] as const;

/**
 * A package with stream contexts for client and server: three handshake messages, then records. Messages may arrive
 * in any pieces, several in one too. A client named mallory is refused with an error token.
 */
export function recordPackage({
  maximumMessage = 4096,
  closes = true,
}: RecordPackageOptions = {}): DefinedPackage<string, Side> {
  const sides = new Map<number, Side>();
  const side = (): Side => {
    const made = new Side(sides.size === 0 ? 1 : Math.max(...sides.keys()) + 1);
    sides.set(made.id, made);
    return made;
  };
  return definePackage<string, Side>({
    name: "Records",
    maxToken: 1024,
    capabilities: ["integrity", "privacy", "stream", "connection", "extendedError"],
    acquireCredentials: ({ identity }) => identity?.user ?? "the house",
    initContext({ credential, context = side(), token }) {
      if (context.closing) return { status: "complete", context, token: context.closeRecord(), granted };
      if (context.stage === 0) {
        context.stage = 1;
        return { status: "continue", context, token: frame(kind.handshake, Buffer.from(credential ?? "")) };
      }
      return answer(context, token, (message) => {
        if (message !== "welcome") throw new PackageError("SEC_E_INVALID_TOKEN");
        return { token: frame(kind.handshake, Buffer.from("thanks")), done: true };
      });
    },
    acceptContext({ context = side(), token }) {
      if (context.closing) return { status: "complete", context, token: context.closeRecord(), granted };
      return answer(context, token, (message) => {
        if (message === "mallory")
          throw new PackageError("SEC_E_LOGON_DENIED", { token: frame(kind.handshake, Buffer.from("go away")) });
        if (context.stage === 1) return { done: true };
        context.stage = 1;
        return { token: frame(kind.handshake, Buffer.from("welcome")), done: false };
      });
    },
    ...(closes && {
      applyControlToken: ({ context }: { context: Side }) => {
        context.closing = true;
        return undefined;
      },
    }),
    deleteContext: (context) => void sides.delete(context.id),
    openSession: (packed) => new RecordSession(sides.get(Number(packed.toString())) as Side, maximumMessage),
  });
}

type Answer = PackageLeg<Side, (typeof granted)[number]>;

/** Processes one message of the peer, returns the bytes after it as extra, and asks for more if it is incomplete. */
function answer(
  context: Side,
  token: Buffer | undefined,
  take: (message: string) => { readonly token?: Buffer; readonly done: boolean },
): Answer {
  const bytes = token ?? Buffer.alloc(0);
  if (bytes.length < head) return { status: "incomplete-message", missing: head - bytes.length };
  if (bytes[0] !== kind.handshake) throw new PackageError("SEC_E_INVALID_TOKEN");
  const length = head + bytes.readUInt32BE(1);
  if (bytes.length < length) return { status: "incomplete-message", missing: length - bytes.length };
  const { token: reply, done } = take(bytes.toString("utf8", head, length));
  const parts = { context, extra: bytes.length - length, ...(reply && { token: reply }) };
  if (!done) return { status: "continue", ...parts };
  context.agreed();
  return { status: "complete", ...parts, granted, session: Buffer.from(`${context.id}`) };
}
