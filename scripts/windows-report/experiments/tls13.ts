import { once } from "node:events";
import type { Socket } from "node:net";
import { SECBUFFER_DATA, SECBUFFER_EXTRA, SECBUFFER_TOKEN } from "../../../generated/sspi/constants.ts";
import { type Experiment, recordHeader, type Seen } from "../experiment.ts";
import type { RawSide } from "../raw-side.ts";
import { askedWhereRead, clientSide, extraOf, greet, nodeServer } from "../schannel-ends.ts";

const recordOverhead = 5;

/**
 * The results of DecryptMessage on records, one line each: status, the record's header before the call, the buffers.
 */
class DecryptedRecords {
  readonly lines: string[] = [];
  readonly #side: RawSide;
  #rest: Buffer;

  constructor(side: RawSide, rest: Buffer) {
    this.#side = side;
    this.#rest = rest;
  }

  /** Adds received bytes and decrypts every complete record. */
  add(bytes: Uint8Array): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length > recordOverhead) {
      const before = this.#rest;
      const answer = this.#side.decrypt(SECBUFFER_DATA, before);
      if (answer.status === "SEC_E_INCOMPLETE_MESSAGE") return;
      const buffers = answer.input.map(({ type, size, offset }) => `${type}:${size}@${offset ?? "-"}`).join(" ");
      this.lines.push(`${answer.status} ${recordHeader(before)} ${buffers}`);
      this.#rest = extraOf(answer, before);
      if (answer.status === "SEC_I_RENEGOTIATE")
        this.#takeUp(answer.input.find(({ type }) => type === SECBUFFER_EXTRA));
      else if (answer.status.startsWith("SEC_E_")) return;
    }
  }

  /** Passes the content that DecryptMessage left in SECBUFFER_EXTRA to the next leg. */
  #takeUp(extra: { readonly bytes: Buffer } | undefined): void {
    if (!extra) return;
    this.lines.push(`EXTRA ${recordHeader(extra.bytes)}`);
    const leg = this.#side.leg({ input: [{ type: SECBUFFER_TOKEN, bytes: extra.bytes }, { type: 0 }] });
    this.lines.push(`leg ${leg.status} attributes 0x${leg.attributes.toString(16)}`);
    this.#rest = extraOf(leg, extra.bytes);
  }
}

async function afterHandshake(talk: (socket: Socket) => Promise<void> | void, serverSays: Buffer): Promise<Seen> {
  using connection = await nodeServer({ minVersion: "TLSv1.3" });
  using side = clientSide(["tls1.3"]);
  const { last, statuses, rest } = await greet(side, connection.socket);
  if (last.status !== "SEC_E_OK") return { handshake: statuses };
  const records = new DecryptedRecords(side, rest);
  connection.socket.on("data", (bytes) => records.add(bytes));
  const served = await connection.served;
  served.write(serverSays);
  await talk(served);
  await Promise.race([once(served, "close"), new Promise((resolve) => setTimeout(resolve, 1_000))]);
  return { handshake: statuses, attributes: `0x${last.attributes.toString(16)}`, records: records.lines.slice(0, 40) };
}

async function ticketsAndDataAtOnce(): Promise<Seen> {
  using connection = await nodeServer({ minVersion: "TLSv1.3" });
  using side = clientSide(["tls1.3"]);
  const { last, statuses, rest } = await greet(side, connection.socket);
  if (last.status !== "SEC_E_OK") return { handshake: statuses };
  const held: Buffer[] = [rest];
  connection.socket.on("data", (bytes) => held.push(bytes));
  (await connection.served).write("data behind the tickets");
  await new Promise((resolve) => setTimeout(resolve, 500));
  const records = new DecryptedRecords(side, Buffer.alloc(0));
  records.add(Buffer.concat(held));
  return { handshake: statuses, records: records.lines };
}

export const tls13: Readonly<Record<string, Experiment>> = {
  "tls13-tickets": {
    question: "What does DecryptMessage make of two session tickets right after the handshake?",
    expected: "SEC_I_RENEGOTIATE twice, SECBUFFER_EXTRA rewritten in place; the legs answer SEC_E_OK",
    run: () => askedWhereRead(() => afterHandshake(() => {}, Buffer.from("hello"))),
  },
  "tls13-after-data": {
    question: "What does DecryptMessage make of 1 MB of data that follows the tickets?",
    expected: "SEC_E_OK with data for every record",
    run: () => askedWhereRead(() => afterHandshake(() => {}, Buffer.alloc(1_000_000, "data "))),
  },
  "tls13-tickets-and-data-at-once": {
    question: "Are tickets and data in one chunk told apart?",
    expected: "SEC_I_RENEGOTIATE, then data",
    run: () => askedWhereRead(ticketsAndDataAtOnce),
  },
};
