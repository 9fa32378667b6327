import koffi from "koffi";
import {
  ClientContext,
  Credential,
  capabilities,
  importContext,
  packages,
  type SecurityProvider,
  ServerContext,
  systemProvider,
} from "../../src/index.ts";
import { held } from "./held.ts";
import { Journal, taskOf } from "./journal.ts";
import { Random } from "./random.ts";
import { flawOfError } from "./typed-error.ts";

export interface LyingProvider {
  readonly library: string;
  /** Seeds of the first row of lies; the next rows follow it. */
  readonly seeds: readonly number[];
  readonly rows: number;
}

export interface Lied {
  readonly seed: number;
  readonly calls: number;
  readonly errors: number;
  readonly flaws: readonly string[];
  readonly held: number;
}

const task = taskOf<LyingProvider>();
const journal = new Journal(task);
const native = koffi.load(task.library);
const lie = native.func("void lie(uint32_t seed)") as (seed: number) => void;

/** Calls, the errors that they must not throw, and their places. */
class Row {
  readonly #index: number;
  readonly #seed: number;
  calls = 0;
  errors = 0;
  readonly flaws: string[] = [];

  constructor(index: number, seed: number) {
    this.#index = index;
    this.#seed = seed;
  }

  #begin(name: string): void {
    this.calls += 1;
    journal.trying(this.#index, `row of lies ${this.#seed}, call ${this.calls}: ${name}`);
  }

  /** Undefined where the call threw. */
  try<T>(name: string, work: () => T): T | undefined {
    this.#begin(name);
    try {
      return work();
    } catch (error) {
      this.errors += 1;
      this.#judge(name, error);
      return undefined;
    }
  }

  async later(name: string, work: () => Promise<unknown>): Promise<void> {
    this.#begin(name);
    await work().catch((error) => this.#judge(name, error));
  }

  #judge(name: string, error: unknown): void {
    const flaw = flawOfError(error);
    if (flaw) this.flaws.push(`${name}: ${flaw}`);
  }
}

type Context = ClientContext | ServerContext;

const attributes = ["sizes", "names", "lifespan", "sessionKey", "streamSizes", "flags", "keyInfo"] as const;
const output = [{ type: "alert", size: 64 }] as const;

/** Every operation of a complete context, by name. */
function works(row: Row, context: Context, provider: SecurityProvider): readonly [string, () => unknown][] {
  const message = Buffer.alloc(100, 1);
  return [
    ...attributes.map((name): [string, () => unknown] => [`query ${name}`, () => context.query(name)]),
    ["encrypt", () => context.encrypt(message)],
    ["decrypt", () => context.decrypt(message)],
    ["decryptStream", () => context.decryptStream(message)],
    ["encryptInPlace", () => context.encryptInPlace(Buffer.alloc(64), message)],
    ["decryptInPlace", () => context.decryptInPlace(Buffer.alloc(64), message)],
    ["decryptStreamInPlace", () => context.decryptStreamInPlace(message)],
    ["encryptBuffers", () => context.encryptBuffers([{ type: "data", bytes: message }])],
    ["sign", () => context.sign(message)],
    ["verify", () => context.verify(message, Buffer.alloc(64))],
    ["signBuffers", () => context.signBuffers([{ type: "data", bytes: message }])],
    ["applyControlToken", () => context.applyControlToken({ type: "shutdown" })],
    ["shutdownSync", () => context.shutdownSync()],
    ["peer", () => context.peer()],
    ["accessToken", () => context.accessToken().close()],
    ["impersonate", () => context.impersonate(() => 1)],
    ["capabilities", () => capabilities(context)],
    ["reauthenticate", () => context.reauthenticate()],
    [
      "export",
      () => {
        const { packed, token } = context.export();
        token?.close();
        row.try("importContext", () => importContext({ package: "Liar", packed, provider }).close());
      },
    ],
    ["inspect", () => String(context.flags)],
  ];
}

async function lies(index: number, seed: number): Promise<Lied> {
  const before = held();
  const row = new Row(index, seed);
  const chance = new Random(seed);
  lie(seed);
  const provider = systemProvider(task.library);
  row.try("packages", () => packages(provider));
  row.try("capabilities", () => capabilities(provider));
  const credential = row.try("acquire", () => Credential.acquireSync({ package: "Liar", use: "both", provider }));
  if (credential) {
    row.try("credential.query", () => credential.query("names"));
    for (const side of ["client", "server"] as const) await exchange(row, credential, side, chance);
    row.try("close", () => credential.close());
  }
  const { calls, errors, flaws } = row;
  return { seed, calls, errors, flaws, held: held() - before };
}

async function exchange(row: Row, credential: Credential, side: "client" | "server", chance: Random): Promise<void> {
  const allocates = chance.below(3) === 0;
  const request = allocates ? (["allocateMemory", "confidentiality"] as const) : (["confidentiality"] as const);
  const context = row.try<Context>("new", () =>
    side === "client" ? new ClientContext(credential, { request }) : new ServerContext(credential, { request }),
  );
  if (!context) return;
  for (let leg = 0; leg < 4 && !context.complete && !context.closed; leg += 1) {
    const token = leg === 0 && side === "client" ? undefined : Buffer.alloc(chance.below(64) + 1, 7);
    const more = chance.below(3) === 0 ? { output } : {};
    if (chance.below(3) === 0) await row.later("step", () => context.step(token as Buffer, more));
    else row.try("stepSync", () => context.stepSync(token as Buffer, more));
  }
  const all = works(row, context, credential.provider);
  for (let left = 12; left > 0; left -= 1) {
    const [name, work] = chance.of(all);
    row.try(name, work);
  }
  row.try("close", () => context.close());
}

let index = -1;
for (const first of task.seeds) {
  for (let seed = first; seed < first + task.rows; seed += 1) {
    index += 1;
    if (index < task.from) continue;
    journal.note(await lies(index, seed));
  }
}
process.exit(0);
