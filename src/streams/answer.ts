/** Gives the outcome of a promise to a callback, outside of it: what the callback throws is not the promise's. */
export function answer<T>(promise: Promise<T>, callback: (error: Error | null, value?: T) => void): void {
  promise.then(
    (value) => process.nextTick(callback, null, value),
    (error: Error) => process.nextTick(callback, error),
  );
}
