/**
 * Passes the outcome of a promise to a callback on the next tick, so that what the callback throws does not reject the
 * promise.
 */
export function answer<T>(promise: Promise<T>, callback: (error: Error | null, value?: T) => void): void {
  promise.then(
    (value) => process.nextTick(callback, null, value),
    (error: Error) => process.nextTick(callback, error),
  );
}
