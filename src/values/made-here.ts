/**
 * The first argument of constructors that only this library calls: nobody else has it. TypeScript's `private` and
 * `abstract` stop nobody at run time.
 */
export const madeHere: unique symbol = Symbol("made here");

/** @throws TypeError that says what makes such an object, where somebody else calls the constructor */
export function checkMadeHere(key: unknown, advice: string): void {
  if (key !== madeHere) throw new TypeError(advice);
}
