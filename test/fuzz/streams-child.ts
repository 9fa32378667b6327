import { Duplex } from "node:stream";
import { setTimeout as pause, setImmediate as turn } from "node:timers/promises";
import { types } from "node:util";
import * as sspi from "../../src/index.ts";
import { type Passage, pipes } from "../fixtures/pipes.ts";
import { argumentsFor, type Things } from "./call-arguments.ts";
import { held } from "./held.ts";
import { hostileValue, isHostility } from "./hostile-values.ts";
import { Journal, taskOf } from "./journal.ts";
import { membersOf } from "./members.ts";
import { Random } from "./random.ts";
import { type StreamWorld, type StreamWorldName, streamWorld } from "./stream-worlds.ts";
import { flawOfError } from "./typed-error.ts";

export interface StreamTask {
  readonly names: readonly StreamWorldName[];
  readonly seeds: readonly number[];
  /** Connections for each seed, and how many calls are made on each. */
  readonly rows: number;
  readonly calls: number;
}

export interface Connection {
  readonly world: StreamWorldName;
  readonly seed: number;
  readonly called: readonly string[];
  /** The bytes that a stream has delivered. */
  readonly received: number;
  readonly flaws: readonly string[];
  readonly held: number;
}

const task = taskOf<StreamTask>();
const journal = new Journal(task);

/** Errors of Node for a stream that is used wrongly, and of its TLS for a peer: CredSSP's streams are built on both. */
const nodes = /^(ERR_STREAM_|ERR_INVALID_ARG|ERR_OUT_OF_RANGE|ERR_SSL_|ABORT_ERR)/;

/** The changes that a peer or the network makes to the bytes of one connection: mostly none. */
function passageOf(random: Random): Passage {
  const kind = random.below(4);
  let left = random.below(3_000);
  return (piece) => {
    if (kind > 0 || left < 0) return piece;
    left -= piece.length;
    if (left >= 0 || piece.length === 0) return piece;
    const changed = Buffer.from(piece);
    const at = random.below(changed.length);
    changed[at] = (changed[at] as number) ^ (1 << random.below(8));
    return random.of([changed, changed.subarray(0, at), Buffer.concat([piece, random.bytes(30)])]);
  };
}

/** One of the two ends: the bytes that were written to it and the bytes that it delivered. */
class End {
  readonly stream: Duplex;
  readonly written: Buffer[] = [];
  readonly received: Buffer[] = [];
  /** Whether a value was written whose bytes only Node's streams know. */
  unclear = false;

  constructor(stream: Duplex) {
    this.stream = stream;
    stream.on("data", (part: Buffer) => this.received.push(part));
  }
}

/** Makes calls in any order on both ends of a connection, and on the sockets below them. */
class Player {
  readonly #random: Random;
  readonly #where: string;
  readonly #index: number;
  readonly #transports: readonly [Duplex, Duplex];
  readonly #cancel = new AbortController();
  readonly #things: Things = { objects: [], tokens: [] };
  readonly #running: Promise<unknown>[] = [];
  readonly #opening: Promise<unknown>[] = [];
  readonly #closing: Promise<unknown>[] = [];
  readonly #steps: string[] = [];
  readonly #ends: [End?, End?] = [];
  readonly called = new Set<string>();
  readonly flaws: string[] = [];

  constructor(index: number, name: StreamWorldName, seed: number) {
    this.#index = index;
    this.#where = `${name}, connection ${seed}`;
    this.#random = new Random(seed);
    const size = this.#random.of([1, 7, 300, Number.POSITIVE_INFINITY]);
    this.#transports = pipes(size, passageOf(this.#random));
  }

  async play(world: StreamWorld, calls: number): Promise<void> {
    const [near, far] = this.#transports;
    for (const transport of this.#transports) transport.on("error", () => {});
    const { signal } = this.#cancel;
    this.#open(0, () => world.connect(near, signal));
    this.#open(1, () => world.accept(far, signal));
    // Some streams are used while they are being opened, most of them afterwards.
    if (this.#random.below(3) > 0) await Promise.allSettled([...this.#running, ...this.#opening]);
    for (let left = calls; left > 0; left -= 1) {
      this.#act();
      if (this.#random.below(3) === 0) await turn();
    }
    if (this.#random.below(2) === 0) await pause(20);
    for (const end of this.#ends) this.#try("destroy", () => void end?.stream.destroy());
    for (const transport of this.#transports) transport.destroy();
    this.#cancel.abort();
    await Promise.allSettled(this.#running);
    await Promise.all(this.#closing);
    this.#compare();
  }

  get received(): number {
    return this.#ends.reduce((sum, end) => sum + (end ? Buffer.concat(end.received).length : 0), 0);
  }

  #open(own: 0 | 1, make: () => Promise<Duplex> | Duplex): void {
    const keep = (stream: unknown): void => {
      if (!(stream instanceof Duplex)) return;
      stream.on("error", (error) => this.#judge(own === 0 ? "client" : "server", error));
      this.#ends[own] = new End(stream);
      // A CredSSP handshake may end later than the connection.
      if (this.#cancel.signal.aborted) stream.destroy();
      const closed = new Promise((resolve) => stream.once("close", resolve));
      this.#closing.push(closed);
      if (stream instanceof sspi.SecureStream)
        this.#opening.push(Promise.race([closed, new Promise((resolve) => stream.once("secure", resolve))]));
      const { context } = stream as { readonly context?: object };
      if (context) this.#things.objects.push(context);
    };
    this.#try(own === 0 ? "connect" : "accept", make, keep);
  }

  #act(): void {
    const random = this.#random;
    const ends = this.#ends.filter((one) => one !== undefined);
    const kind = random.below(20);
    if (kind === 0 || ends.length === 0) this.#below();
    else if (kind < 9) this.#write(random.of(ends));
    else if (kind < 12 && this.#things.objects.length > 0) this.#callContext();
    else this.#callStream(random.of(ends));
  }

  /** Makes an event happen to the connection itself. */
  #below(): void {
    const transport = this.#random.of(this.#transports);
    const name = this.#random.of(["transport.destroy", "transport.end", "transport.write", "abort"] as const);
    this.#try(name, () => {
      if (name === "abort") this.#cancel.abort();
      else if (name === "transport.write") transport.write(this.#random.bytes(1 + this.#random.below(40)));
      else if (name === "transport.end") transport.end();
      else transport.destroy();
    });
  }

  #write(end: End): void {
    const random = this.#random;
    const bytes = random.bytes(random.of([0, 1, 16, 300, 5_000]));
    if (random.below(12) > 0) {
      if (!end.unclear) end.written.push(bytes);
      this.#try("write", () => void end.stream.write(bytes));
      return;
    }
    end.unclear = true;
    const hostile = hostileValue(bytes, random, () => void end.stream.destroy());
    try {
      end.stream.write(hostile as Buffer);
    } catch {
      // Node's streams refuse these with their own or the engine's errors, before this library sees them.
    }
  }

  #callStream({ stream }: End): void {
    const random = this.#random;
    const calls: Readonly<Record<string, () => unknown>> = {
      end: () => stream.end(),
      destroy: () => void stream.destroy(),
      pause: () => void stream.pause(),
      resume: () => void stream.resume(),
      cork: () => stream.cork(),
      uncork: () => stream.uncork(),
      read: () => void stream.read(0),
      setTimeout: () => (stream as { setTimeout?(time: unknown): void }).setTimeout?.(random.of([0, -1, "x", 1])),
    };
    const own = membersOf(stream, Duplex.prototype).filter((name) => !name.startsWith("_"));
    // Most streams are not ended at once.
    const name = random.of([...Object.keys(calls).slice(random.below(4) === 0 ? 0 : 2), ...own]);
    this.#try(`stream.${name}`, () => {
      const call = calls[name];
      if (call) return call();
      const member = (stream as unknown as Record<string, unknown>)[name];
      return typeof member === "function" ? member.call(stream) : member;
    });
  }

  /** A stream's context belongs to the stream: a call on it does what its caller asks for, and nothing worse. */
  #callContext(): void {
    const object = this.#random.of(this.#things.objects);
    const method = this.#random.of(membersOf(object));
    if (method === "close" && this.#random.below(4) > 0) return;
    const given = argumentsFor(method, this.#random, this.#things, () => 1);
    this.#try(`context.${method}`, () => {
      const member = (object as Record<string, unknown>)[method];
      return typeof member === "function" ? member.apply(object, given) : member;
    });
  }

  #try(name: string, work: () => unknown, keep: (result: unknown) => void = () => {}): void {
    this.called.add(name);
    this.#steps.push(name);
    journal.trying(this.#index, `${this.#where}: ${this.#steps.slice(-60).join(", ")}`);
    try {
      const result = work();
      if (types.isPromise(result)) this.#running.push(result.then(keep, (error) => this.#judge(name, error)));
      else keep(result);
    } catch (error) {
      this.#judge(name, error);
    }
  }

  #judge(name: string, error: unknown): void {
    if (isHostility(error) || error === this.#cancel.signal.reason) return;
    if (nodes.test(String((error as { code?: unknown } | undefined)?.code))) return;
    const flaw = flawOfError(error);
    if (flaw) this.flaws.push(`${name}: ${flaw}`);
  }

  /** The bytes delivered are the bytes written, up to the end of the stream. */
  #compare(): void {
    const [client, server] = this.#ends;
    for (const [from, to] of [
      [client, server],
      [server, client],
    ]) {
      const sent = Buffer.concat(from?.written ?? []);
      const got = Buffer.concat(to?.received ?? []);
      const length = Math.min(got.length, from?.unclear ? sent.length : got.length);
      if (!sent.subarray(0, length).equals(got.subarray(0, length)))
        this.flaws.push(`${got.length} bytes came that were not sent`);
    }
  }
}

// The library's timers keep no process running; a socket would.
setInterval(() => {}, 60_000);

let index = -1;
for (const name of task.names) {
  const chosen = streamWorld(name);
  for (const first of task.seeds) {
    for (let seed = first; seed < first + task.rows; seed += 1) {
      index += 1;
      if (index < task.from) continue;
      const before = held();
      const player = new Player(index, name, seed);
      await player.play(chosen, task.calls);
      // The objects that a cancelled call holds are released when its native part returns.
      for (let left = 500; left > 0 && held() !== before; left -= 1) await pause(10);
      const { called, received, flaws } = player;
      journal.note({ world: name, seed, called: [...called], received, flaws, held: held() - before });
    }
  }
}
process.exit(0);
