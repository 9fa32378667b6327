/** No package needs as much room for a token, a header or padding, in bytes. */
const mostAnnounced = 1 << 24;

/** What is wrong with a size that a package announces for what it writes; undefined where there may be such. */
export function flawOfAnnounced(what: string, size: number): RangeError | undefined {
  return size > mostAnnounced ? new RangeError(`the package announces ${what} of ${size} bytes`) : undefined;
}
