import type { Cancellation } from "../values/index.ts";
import { announceWaiting, bellNow, type CallKind, freePlace, nextRing, othersWait, takePlace } from "./places.ts";

/** The right to make calls off the event loop, one at a time. */
export interface Turn {
  /** Ends the turn, so that the next waiting call can begin. Call this once. */
  end(): void;
}

interface Waiter {
  readonly kind: CallKind;
  begin(place: number): void;
}

/**
 * The waiting calls in the order of their arrival. Accepting legs go first, because they never wait for a domain
 * controller that does not respond.
 */
const waiting: Readonly<Record<CallKind, Set<Waiter>>> = { accepting: new Set(), initiating: new Set() };
/**
 * Milliseconds between checks for free places while a call waits: a terminated thread may not have announced its free
 * places.
 */
const patience = 250;
let watch: NodeJS.Timeout | undefined;

/**
 * Waits for a turn, after the waiting calls of the same kind in this thread and in competition with those of other
 * threads.
 *
 * @throws CancelledError when the wait is cancelled.
 */
export function takeTurn(kind: CallKind, cancellation?: Cancellation): Promise<Turn> {
  const place = waiting[kind].size === 0 ? takePlace(kind) : undefined;
  if (place !== undefined) return Promise.resolve(turnAt(place));
  return new Promise((resolve, reject) => {
    const waiter: Waiter = {
      kind,
      begin: (free) => {
        forget();
        resolve(turnAt(free));
      },
    };
    const forget =
      cancellation?.onCancel((error) => {
        leave(waiter);
        reject(error);
      }) ?? (() => {});
    waiting[kind].add(waiter);
    watchPlaces();
  });
}

function turnAt(place: number): Turn {
  return {
    end: () => {
      freePlace(place);
      // Let waiting calls in other threads go first: they learn of the free place a little later than this thread.
      if (othersWait(watch !== undefined)) setImmediate(serve);
      else serve();
    },
  };
}

function serve(): void {
  for (const kind of ["accepting", "initiating"] as const)
    for (const waiter of waiting[kind]) {
      const place = takePlace(kind);
      if (place === undefined) break;
      leave(waiter);
      waiter.begin(place);
    }
}

function leave(waiter: Waiter): void {
  waiting[waiter.kind].delete(waiter);
  if (anybody() || watch === undefined) return;
  clearInterval(watch);
  watch = undefined;
  announceWaiting(-1);
}

function anybody(): boolean {
  return waiting.accepting.size > 0 || waiting.initiating.size > 0;
}

/**
 * Watches for free places while a call waits. The timer also keeps the process alive while the call waits for another
 * thread.
 */
function watchPlaces(): void {
  if (watch !== undefined) return;
  announceWaiting(1);
  watch = setInterval(serve, patience);
  void listen(watch);
}

async function listen(while_: NodeJS.Timeout): Promise<void> {
  for (let seen = bellNow(); watch === while_; seen = bellNow()) {
    serve();
    if (watch === while_) await nextRing(seen);
  }
}
