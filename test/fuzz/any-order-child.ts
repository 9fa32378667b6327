import { EventEmitter } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { types } from "node:util";
import * as sspi from "../../src/index.ts";
import { argumentsFor, type Things } from "./call-arguments.ts";
import { held } from "./held.ts";
import { hostileValue, isHostility } from "./hostile-values.ts";
import { Journal, taskOf } from "./journal.ts";
import { membersOf } from "./members.ts";
import { Random } from "./random.ts";
import { rawCall, rawFunctions } from "./raw-calls.ts";
import { Rounds } from "./rounds.ts";
import { soundCalls } from "./sound-calls.ts";
import { flawOfError } from "./typed-error.ts";
import { acquired, type World, type WorldName, world } from "./worlds.ts";

export interface AnyOrder {
  readonly names: readonly WorldName[];
  readonly seeds: readonly number[];
  /** Sequences of calls for each seed, and how many calls each has. */
  readonly rows: number;
  readonly calls: number;
  /** Whether arguments, and the objects that they consist of, are such as no caller would pass. */
  readonly hostile?: boolean;
  /** Whether functions of `sspi-ffi/raw` are called too: they belong to the library that `SSPI_LIBRARY` names. */
  readonly raw?: boolean;
}

export interface Sequence {
  readonly world: WorldName;
  readonly seed: number;
  readonly called: readonly string[];
  readonly succeeded: number;
  readonly completed: number;
  readonly flaws: readonly string[];
  readonly held: number;
}

const task = taskOf<AnyOrder>();
const journal = new Journal(task);

/** Makes calls in an unexpected order, on objects in any state. */
class Player {
  readonly #random: Random;
  readonly #world: World;
  readonly #where: string;
  readonly #index: number;
  readonly #things: Things = { objects: [], tokens: [] };
  readonly #running: Promise<unknown>[] = [];
  readonly #steps: string[] = [];
  readonly called = new Set<string>();
  readonly flaws: string[] = [];
  succeeded = 0;
  completed = 0;
  readonly #rounds: Rounds;
  #depth = 0;

  constructor(index: number, name: WorldName, chosen: World, seed: number) {
    this.#index = index;
    this.#where = `${name}, sequence ${seed}`;
    this.#world = chosen;
    this.#random = new Random(seed);
    this.#rounds = new Rounds(seed);
  }

  async play(calls: number): Promise<void> {
    for (let left = calls; left > 0; left -= 1) {
      this.#call();
      if (this.#random.below(6) === 0) await Promise.allSettled(this.#running.splice(0));
    }
    await Promise.allSettled(this.#running.splice(0));
    for (const object of this.#things.objects) this.#try("close", () => (object as { close?(): void }).close?.());
    await Promise.allSettled(this.#running.splice(0));
  }

  #call(): void {
    const { objects } = this.#things;
    if (objects.length < 3 || this.#random.below(8) === 0) {
      this.#make();
      return;
    }
    if (task.raw && this.#random.below(10) === 0) {
      this.#try(...rawCall(this.#rounds.next("raw", rawFunctions), this.#random, objects));
      return;
    }
    const object = this.#random.of(objects);
    const members = membersOf(object);
    const inTurn = this.#random.below(2) === 0;
    let method = inTurn ? this.#rounds.next(object.constructor, members) : this.#random.of(members);
    // Most calls are made on an open object.
    if (method === "close" && this.#random.below(4) > 0) method = this.#random.of(members);
    const nested = (): unknown => {
      this.#depth += 1;
      if (this.#depth < 3) this.#call();
      this.#depth -= 1;
      return 1;
    };
    const given = argumentsFor(method, this.#random, this.#things, nested);
    const { name } = object.constructor;
    this.#try(`${name}.${method}`, () => {
      const member = (object as Record<string, unknown>)[method];
      return typeof member === "function" ? member.apply(object, this.#spoiled(given, object)) : member;
    });
  }

  /** Arguments of which one is hostile; some close the called object while they are read. */
  #spoiled(given: readonly unknown[], used?: object): unknown[] {
    if (!task.hostile || given.length === 0 || this.#random.below(4) === 0) return [...given];
    const at = this.#random.below(given.length);
    const act = (): void => (used as { close?(): void } | undefined)?.close?.();
    return given.map((one, index) => (index === at ? hostileValue(one, this.#random, act) : one));
  }

  /** A new object for later calls. */
  #make(): void {
    const { objects, tokens } = this.#things;
    const credentials = objects.filter((one): one is sspi.Credential => one instanceof sspi.Credential);
    const credential = credentials.length > 0 ? this.#random.of(credentials) : undefined;
    const request = this.#random.of([[], ["confidentiality"], ["confidentiality", "allocateMemory"]] as const);
    const { provider, package: name } = this.#world.outbound;
    const packed = tokens.at(-1) ?? Buffer.alloc(8);
    const makers: Record<string, () => unknown> = {
      "Credential.acquireSync": () => acquired(this.#world[this.#random.of(["outbound", "inbound"] as const)]),
      "Credential.acquire": () =>
        sspi.Credential.acquire(this.#world[this.#random.of(["outbound", "inbound"] as const)]),
      "new ClientContext": () =>
        new sspi.ClientContext(
          ...(this.#spoiled([credential, { target: "HTTP/localhost", request }]) as [never, never]),
        ),
      "new ServerContext": () =>
        new sspi.ServerContext(...(this.#spoiled([credential, { request }]) as [never, never])),
      pair: () => this.#pair(this.#random.below(5)),
      "a complete pair": () => this.#pair(4),
      importContext: () => sspi.importContext({ package: name, packed: Buffer.from(packed), provider: provider! }),
      capabilities: () => sspi.capabilities((objects.at(-1) ?? provider) as never),
      packages: () => sspi.packages(provider),
    };
    if (task.hostile && this.#random.below(2) === 0) {
      this.#callSound();
      return;
    }
    const maker = this.#random.of(credential ? Object.keys(makers) : ["Credential.acquireSync"]);
    this.#try(maker, makers[maker] as () => unknown);
  }

  #callSound(): void {
    const calls = soundCalls(this.#world[this.#random.of(["outbound", "inbound"] as const)]);
    const name = this.#random.of(Object.keys(calls));
    const [call, ...given] = calls[name] as NonNullable<(typeof calls)[string]>;
    this.#try(name, () => (call as (...args: unknown[]) => unknown)(...this.#spoiled(given)));
  }

  /** Two sides after the intended number of legs. */
  #pair(legs: number): void {
    using outbound = acquired(this.#world.outbound);
    using inbound = acquired(this.#world.inbound);
    const request = ["confidentiality", "integrity"] as const;
    const sides = [
      new sspi.ClientContext(outbound, { target: "HTTP/localhost", request }),
      new sspi.ServerContext(inbound, { request }),
    ] as const;
    this.#things.objects.push(...sides);
    let token: Buffer | undefined;
    for (let leg = 0; leg < legs; leg += 1) {
      if (leg > 0 && (!token || token.length === 0)) break;
      ({ token } = (sides[leg % 2] as sspi.ServerContext).stepSync(token as Buffer));
      if (token) this.#things.tokens.push(token);
    }
    this.completed += sides.filter(({ complete }) => complete).length;
  }

  #try(name: string, work: () => unknown): void {
    this.called.add(name);
    this.#steps.push(name);
    journal.trying(this.#index, `${this.#where}: ${this.#steps.slice(-60).join(", ")}`);
    try {
      const result = work();
      if (types.isPromise(result))
        this.#running.push(
          result.then(
            (value) => this.#keep(value),
            (error) => this.#judge(name, error),
          ),
        );
      else this.#keep(result);
    } catch (error) {
      this.#judge(name, error);
    }
  }

  #judge(name: string, error: unknown): void {
    const flaw = isHostility(error) ? undefined : flawOfError(error);
    if (flaw) this.flaws.push(`${name}: ${flaw}`);
  }

  #keep(result: unknown): void {
    this.succeeded += 1;
    if (typeof result !== "object" || result === null) return;
    // Node's and undici's own methods are not called.
    if (result instanceof EventEmitter) {
      const running = (result as unknown as { destroy(): unknown }).destroy();
      if (types.isPromise(running)) this.#running.push(running);
      return;
    }
    if (types.isUint8Array(result)) return void this.#things.tokens.push(result);
    const { token, packed, status } = result as { token?: unknown; packed?: unknown; status?: unknown };
    if (status === "complete") this.completed += 1;
    for (const made of [token, packed]) {
      if (types.isUint8Array(made) && made.length > 0) this.#things.tokens.push(made);
      else if (typeof made === "object" && made !== null && "close" in made) this.#things.objects.push(made);
    }
    if ("close" in result && !this.#things.objects.includes(result)) this.#things.objects.push(result);
  }
}

let index = -1;
for (const name of task.names) {
  const chosen = world(name);
  for (const first of task.seeds) {
    for (let seed = first; seed < first + task.rows; seed += 1) {
      index += 1;
      if (index < task.from) continue;
      const before = held();
      const player = new Player(index, name, chosen, seed);
      await player.play(task.calls);
      // The objects that a cancelled call holds are released when its native part returns.
      for (let left = 500; left > 0 && held() !== before; left -= 1) await pause(10);
      const { called, succeeded, completed, flaws } = player;
      const sequence: Sequence = {
        world: name,
        seed,
        called: [...called],
        succeeded,
        completed,
        flaws,
        held: held() - before,
      };
      journal.note(sequence);
    }
  }
}
process.exit(0);
