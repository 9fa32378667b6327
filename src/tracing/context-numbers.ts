const numbers = new WeakMap<object, number>();
let last = 0;

/** The number of a context, which it gets when something of it is traced for the first time. */
export function numberOf(context: object): number {
  let number = numbers.get(context);
  if (number === undefined) {
    last += 1;
    number = last;
    numbers.set(context, number);
  }
  return number;
}

/** What is read of a context for every trace of it. */
export interface TracedContext {
  readonly package: string;
  readonly provider: { readonly label: string };
}

/** What every trace of a context has. */
export function tracedOf(context: TracedContext): { context: number; package: string; provider: string } {
  return { context: numberOf(context), package: context.package, provider: context.provider.label };
}
