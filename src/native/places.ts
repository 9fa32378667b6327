import { getEnvironmentData, isMainThread, setEnvironmentData, threadId } from "node:worker_threads";

/**
 * koffi keeps eight stacks for calls off the event loop; a ninth simultaneous call would allocate a stack each time, a
 * 257th would throw.
 */
const stacks = 8;
/** The number of libuv's threads if `UV_THREADPOOL_SIZE` is not set. */
const usual = 4;

/** How many calls off the event loop the process makes at a time. Half of libuv's threads remain for `fs` and `dns`. */
export function placesOf(poolSize: string | undefined): number {
  // libuv reads a text that is not a number as 0, and treats 0 as 1.
  const threads = poolSize === undefined ? usual : Number.parseInt(poolSize, 10) || 1;
  return Math.max(1, Math.min(stacks, threads >> 1));
}

/** The kind of a waiting call: a server's leg, or a call that may ask a key distribution centre. */
export type CallKind = "accepting" | "initiating";

/** The index of the word that changes whenever a place becomes free. */
const bell = 0;
/** The index of the word that counts the threads with waiting calls. */
const waitingThreads = 1;
/** The index of the word with the number of places. */
const size = 2;
const firstPlace = 3;

/** The state that all threads of a process share. */
interface Shared {
  readonly memory: SharedArrayBuffer;
  /**
   * The id of the thread that the main thread started and that is this thread or its ancestor; 0 for the main thread.
   */
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
  // If the main thread has not loaded this package, a worker cannot see what other workers do, so it uses only one
  // place.
  new Int32Array(memory)[size] = isMainThread ? placesOf(process.env["UV_THREADPOOL_SIZE"]) : 1;
  return { memory, root: isMainThread ? 0 : threadId };
}

const shared = inherited();
setEnvironmentData(key, shared as never);
const words = new Int32Array(shared.memory);
/**
 * The mark of this thread's places. It is not 0, which means a free place, and differs from the marks of all other live
 * threads.
 */
const owner = ((shared.root & 0xffff) << 16) | ((threadId + 1) & 0xffff);

/** How many calls off the event loop the process makes at a time, as all its threads see it. */
export const places = words[size] as number;

/**
 * Takes a place for a call off the event loop and returns its number; undefined if no place is free. The last place is
 * reserved for accepting legs, so that these never wait for a key distribution centre that does not respond.
 */
export function takePlace(kind: CallKind): number | undefined {
  const last = kind === "accepting" || places === 1 ? places - 1 : places - 2;
  for (let place = last; place >= 0; place -= 1)
    if (Atomics.compareExchange(words, firstPlace + place, 0, owner) === 0) return place;
  return undefined;
}

/** Frees a place; call this once for each place that was taken. */
export function freePlace(place: number): void {
  Atomics.compareExchange(words, firstPlace + place, owner, 0);
  ring();
}

function ring(): void {
  Atomics.add(words, bell, 1);
  Atomics.notify(words, bell);
}

/** Counts this thread as one with waiting calls (1), or as one without them any more (-1). */
export function announceWaiting(change: 1 | -1): void {
  Atomics.add(words, waitingThreads, change);
}

/** Whether another thread has waiting calls; `here` says whether this thread has some. */
export function othersWait(here: boolean): boolean {
  return Atomics.load(words, waitingThreads) > (here ? 1 : 0);
}

/** `Atomics.waitAsync` of ES2024, which Node 20 has. */
interface WaitAsync {
  waitAsync(words: Int32Array, index: number, value: number): { readonly value: string | Promise<string> };
}

/** The bell's current value; {@link nextRing} waits until it changes. */
export function bellNow(): number {
  return Atomics.load(words, bell);
}

export async function nextRing(seen: number): Promise<void> {
  await (Atomics as unknown as WaitAsync).waitAsync(words, bell, seen).value;
}

/**
 * Frees the places of a thread that has ended: its native calls have ended too, but it did not free their places
 * itself.
 */
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
