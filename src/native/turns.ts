import type { Cancellation } from "../values/index.ts";
import { announceWaiting, bellNow, type CallKind, freePlace, nextRing, othersWait, takePlace } from "./places.ts";

/** The right to make calls off the event loop, one after another. */
export interface Turn {
  /** Once: somebody else's turn comes. */
  end(): void;
}

interface Waiter {
  readonly kind: CallKind;
  begin(place: number): void;
}

/** In the order in which they came. Accepting legs go first: what they wait for is never a silent domain controller. */
const waiting: Readonly<Record<CallKind, Set<Waiter>>> = { accepting: new Set(), initiating: new Set() };
/** Milliseconds between looks at the places while somebody waits: a thread that was ended may have rung nobody. */
const patience = 250;
let watch: NodeJS.Timeout | undefined;

/**
 * Waits for a turn, behind those of its kind in this thread and beside those of other threads.
 *
 * @throws CancelledError when it is cancelled before that.
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
      // Who waits in another thread hears the bell a little later than this thread does.
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

/** Also what keeps the process alive while somebody waits for another thread. */
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
