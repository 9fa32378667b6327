import { PTHREAD_START_ROUTINE } from "../../../generated/base/callbacks.ts";
import { LSA_CANCEL_NOTIFICATION, LSA_REGISTER_NOTIFICATION } from "../../../generated/ntsecpkg/callbacks.ts";
import {
  NOTIFIER_FLAG_ONE_SHOT,
  NOTIFIER_FLAG_SECONDS,
  NOTIFIER_TYPE_IMMEDIATE,
  NOTIFIER_TYPE_INTERVAL,
} from "../../../generated/ntsecpkg/constants.ts";
import { STATUS_OBJECT_NAME_NOT_FOUND, STATUS_SUCCESS } from "../../../generated/ntstatus/constants.ts";
import { type Implementations, implement } from "../../interface/native-table.ts";
import { functionAt } from "../../native/index.ts";
import type { HostSurroundings } from "./surroundings.ts";

const secondsPerMinute = 60;
/**
 * The longest interval in milliseconds. Node replaces a longer one with one millisecond, and would call the package
 * without end.
 */
const longestInterval = 0x7fff_ffff;

/**
 * Notifications. Immediate ones and those at intervals are delivered between two turns of the event loop, on this
 * thread. Others are accepted and never fire, because a host has no machine events.
 */
export class Notifications {
  readonly #host: HostSurroundings;
  readonly #stop = new Map<bigint, () => void>();
  #next = 0x4e00n;

  constructor(host: HostSurroundings) {
    this.#host = host;
  }

  get implementations(): Implementations {
    return {
      RegisterNotification: implement(LSA_REGISTER_NOTIFICATION, (start, parameter, type, _class, flags, interval) => {
        this.#next += 4n;
        const handle = this.#next;
        const fire = (): number => functionAt(PTHREAD_START_ROUTINE, BigInt(start))(parameter);
        this.#stop.set(handle, this.#schedule(handle, fire, type, flags, interval));
        return handle;
      }),
      CancelNotification: implement(LSA_CANCEL_NOTIFICATION, (handle) =>
        this.#cancel(BigInt(handle)) ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND,
      ),
    };
  }

  /** Cancels all notifications: none fires afterwards. */
  close(): void {
    for (const handle of [...this.#stop.keys()]) this.#cancel(handle);
  }

  #schedule(handle: bigint, fire: () => unknown, type: number, flags: number, interval: number): () => void {
    const owner = this.#host.current;
    const deliver = (): void => {
      if (flags & NOTIFIER_FLAG_ONE_SHOT || type === NOTIFIER_TYPE_IMMEDIATE) this.#cancel(handle);
      if (owner) this.#host.within(owner, fire);
      else fire();
    };
    if (type === NOTIFIER_TYPE_IMMEDIATE) {
      const immediate = setImmediate(deliver);
      return () => clearImmediate(immediate);
    }
    if (type !== NOTIFIER_TYPE_INTERVAL) return () => {};
    const seconds = (flags & NOTIFIER_FLAG_SECONDS) === 0 ? interval * secondsPerMinute : interval;
    const timer = setInterval(deliver, Math.min(seconds * 1000, longestInterval)).unref();
    return () => clearInterval(timer);
  }

  #cancel(handle: bigint): boolean {
    this.#stop.get(handle)?.();
    return this.#stop.delete(handle);
  }
}
