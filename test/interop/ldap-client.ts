import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { ClientContext } from "../../src/index.ts";
import { BerReader, element, extent } from "./ber.ts";

const integer = (value: number, tag = 0x02): Buffer => element(tag, Buffer.from([value]));

/** An entry of a directory: the values of its attributes. */
export type Entry = Readonly<Record<string, readonly string[]>>;

/** The part of LDAP that a bind with GSS-SPNEGO and a sealed search need (RFC 4511, MS-ADTS 5.1.1.1.4). */
export class LdapClient implements AsyncDisposable {
  /** All bytes that were sent in either direction. */
  readonly wire: Buffer[] = [];
  readonly #socket: Socket;
  readonly #incoming: AsyncIterator<Buffer>;
  #context: ClientContext | undefined;
  #received: Buffer = Buffer.alloc(0);
  #opened: Buffer = Buffer.alloc(0);
  #id = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#incoming = socket[Symbol.asyncIterator]();
  }

  static async connect(port: number): Promise<LdapClient> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return new LdapClient(socket);
  }

  /** Logs on; all later messages are sealed. @throws Error with the server's words where it refuses. */
  async bind(context: ClientContext): Promise<void> {
    for (let leg = await context.step(); ; ) {
      const sasl = element(0xa3, element(0x04, "GSS-SPNEGO"), element(0x04, leg.token ?? ""));
      this.#send(element(0x60, integer(3), element(0x04, ""), sasl));
      const response = await this.#receive(0x61);
      const [code, words] = this.#result(response);
      if (code !== 0 && code !== 14) throw new Error(`the server refuses the bind (${code}): ${words}`);
      if (response.tag === 0x87) {
        const token = response.take(0x87);
        if (leg.status === "continue") leg = await context.step(token);
      }
      if (code === 0) break;
    }
    if (!context.complete) throw new Error("the server is content, but the client is not");
    this.#context = context;
  }

  /** The first entry below a base in which an attribute has a value. */
  async search(base: string, attribute: string, value: string): Promise<Entry | undefined> {
    const filter = element(0xa3, element(0x04, attribute), element(0x04, value));
    const [scope, aliases, noLimit] = [integer(2, 0x0a), integer(0, 0x0a), integer(0)];
    const all = element(0x30);
    this.#send(element(0x63, element(0x04, base), scope, aliases, noLimit, noLimit, element(0x01, "\0"), filter, all));
    let found: Entry | undefined;
    for (;;) {
      const response = await this.#receive(0x64, 0x65, 0x73);
      if (response.operation === 0x64) found ??= readEntry(response);
      if (response.operation !== 0x65) continue;
      const [code, words] = this.#result(response);
      if (code !== 0) throw new Error(`the server refuses the search (${code}): ${words}`);
      return found;
    }
  }

  #result(response: BerReader): [number, string] {
    const [code = 0] = response.take(0x0a);
    response.take(0x04);
    return [code, Buffer.from(response.take(0x04)).toString()];
  }

  #send(operation: Buffer): void {
    this.#id += 1;
    const message = element(0x30, integer(this.#id), operation);
    const sent = this.#context ? withLength(this.#context.encrypt(message)) : message;
    this.wire.push(sent);
    this.#socket.write(sent);
  }

  async #receive(...operations: readonly number[]): Promise<BerReader & { readonly operation: number }> {
    const reader = new BerReader(await this.#message()).enter(0x30);
    reader.take(0x02);
    const operation = operations.find((expected) => expected === reader.tag);
    if (operation === undefined) throw new Error(`the server answers with operation ${reader.tag}`);
    return Object.assign(reader.enter(operation), { operation });
  }

  /** The next message of LDAP: one sealed message may hold several. */
  async #message(): Promise<Buffer> {
    for (;;) {
      const plain = this.#context ? this.#opened : this.#received;
      const size = extent(plain)?.end;
      if (size !== undefined && plain.length >= size) {
        if (this.#context) this.#opened = plain.subarray(size);
        else this.#received = plain.subarray(size);
        return plain.subarray(0, size);
      }
      if (!this.#openNext()) await this.#more();
    }
  }

  /** Decrypts a sealed message, if a whole one has arrived. */
  #openNext(): boolean {
    if (!this.#context || this.#received.length < 4) return false;
    const end = 4 + this.#received.readUInt32BE(0);
    if (this.#received.length < end) return false;
    const opened = this.#context.decrypt(Buffer.from(this.#received.subarray(4, end)));
    this.#opened = Buffer.concat([this.#opened, opened]);
    this.#received = this.#received.subarray(end);
    return true;
  }

  async #more(): Promise<void> {
    const { value, done } = await this.#incoming.next();
    if (done) throw new Error("the server has hung up");
    this.wire.push(value);
    this.#received = Buffer.concat([this.#received, value]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy();
  }
}

function withLength(sealed: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(sealed.length);
  return Buffer.concat([length, sealed]);
}

function readEntry(response: BerReader): Entry {
  response.take(0x04);
  const attributes = response.enter(0x30);
  const found: Record<string, string[]> = {};
  while (attributes.tag !== undefined) {
    const attribute = attributes.enter(0x30);
    const name = Buffer.from(attribute.take(0x04)).toString();
    const values = attribute.enter(0x31);
    const list: string[] = [];
    while (values.tag !== undefined) list.push(Buffer.from(values.take(0x04)).toString());
    found[name] = list;
  }
  return found;
}
