import { getEnvironmentData, isMainThread, setEnvironmentData, threadId } from "node:worker_threads";

/** koffi keeps eight stacks for calls off the event loop; a ninth would allocate one each time, a 257th throw. */
const stacks = 8;
/** How many threads libuv has, unless `UV_THREADPOOL_SIZE` says otherwise. */
const usual = 4;

/** How many calls the process makes at a time: half of libuv's threads stay with `fs` and `dns`. */
export function placesOf(poolSize: string | undefined): number {
  // As libuv reads it: what is no number is 0, and 0 is 1.
  const threads = poolSize === undefined ? usual : Number.parseInt(poolSize, 10) || 1;
  return Math.max(1, Math.min(stacks, threads >> 1));
}

/** Who waits: a server's leg, or what may ask a key distribution centre. */
export type CallKind = "accepting" | "initiating";

/** Rung whenever a place becomes free. */
const bell = 0;
/** How many threads have somebody who waits. */
const waitingThreads = 1;
/** How many places there are. */
const size = 2;
const firstPlace = 3;

/** What the threads of a process share. */
interface Shared {
  readonly memory: SharedArrayBuffer;
  /** The thread that the main thread started, of which this one is or descends; 0 for the main thread. */
  readonly root: number;
}

const key = "sspi-ffi: calls off the event loop";

function isShared(value: unknown): value is Shared {
  return (value as Partial<Shared> | undefined)?.memory instanceof SharedArrayBuffer;
}

function inherited(): Shared {
  const given: unknown = getEnvironmentData(key);
  if (isShared(given)) return { memory: given.memory, root: given.root === 0 && !isMainThread ? threadId : given.root };
  const memory = new SharedArrayBuffer((firstPlace + stacks) * Int32Array.BYTES_PER_ELEMENT);
  // A worker whose main thread does not know this package cannot tell what other workers do: it takes one place.
  new Int32Array(memory)[size] = isMainThread ? placesOf(process.env["UV_THREADPOOL_SIZE"]) : 1;
  return { memory, root: isMainThread ? 0 : threadId };
}

const shared = inherited();
setEnvironmentData(key, shared as never);
const words = new Int32Array(shared.memory);
/** Neither 0, which is nobody, nor what another thread that is alive has. */
const owner = ((shared.root & 0xffff) << 16) | ((threadId + 1) & 0xffff);

/** How many calls the process makes at a time. */
export const places = words[size] as number;

/**
 * A place for a call off the event loop, by number; undefined where there is none. The last one is for accepting legs,
 * which do not wait behind a key distribution centre that is silent.
 */
export function takePlace(kind: CallKind): number | undefined {
  const last = kind === "accepting" || places === 1 ? places - 1 : places - 2;
  for (let place = last; place >= 0; place -= 1)
    if (Atomics.compareExchange(words, firstPlace + place, 0, owner) === 0) return place;
  return undefined;
}

/** Once for each place that was taken. */
export function freePlace(place: number): void {
  Atomics.compareExchange(words, firstPlace + place, owner, 0);
  ring();
}

function ring(): void {
  Atomics.add(words, bell, 1);
  Atomics.notify(words, bell);
}

/** Says that this thread has somebody who waits, or has nobody any more; how many threads have. */
export function announceWaiting(change: 1 | -1): void {
  Atomics.add(words, waitingThreads, change);
}

/** Whether another thread has somebody who waits. */
export function othersWait(here: boolean): boolean {
  return Atomics.load(words, waitingThreads) > (here ? 1 : 0);
}

/** `Atomics.waitAsync` of ES2024, which Node 20 has. */
interface WaitAsync {
  waitAsync(words: Int32Array, index: number, value: number): { readonly value: string | Promise<string> };
}

/** What the bell shows; {@link nextRing} waits until it shows something else. */
export function bellNow(): number {
  return Atomics.load(words, bell);
}

export async function nextRing(seen: number): Promise<void> {
  await (Atomics as unknown as WaitAsync).waitAsync(words, bell, seen).value;
}

/** A thread ends when its native calls have ended, but it does not say so. */
function freePlacesOf(thread: number): void {
  for (let place = 0; place < places; place += 1) {
    const by = Atomics.load(words, firstPlace + place);
    const gone = (by & 0xffff) === ((thread + 1) & 0xffff) || by >>> 16 === (thread & 0xffff);
    if (by !== 0 && gone) Atomics.compareExchange(words, firstPlace + place, by, 0);
  }
  ring();
}

process.on("worker", (worker) => {
  const thread = worker.threadId;
  worker.once("exit", () => freePlacesOf(thread));
});
