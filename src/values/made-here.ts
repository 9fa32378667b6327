/**
 * The first argument of constructors that only this library may call; other code has no access to this symbol.
 * TypeScript's `private` and `abstract` have no effect at run time.
 */
export const madeHere: unique symbol = Symbol("made here");

/** @throws TypeError with `advice` on how to make such an object, where other code calls the constructor */
export function checkMadeHere(key: unknown, advice: string): void {
  if (key !== madeHere) throw new TypeError(advice);
}
