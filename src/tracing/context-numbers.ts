const numbers = new WeakMap<object, number>();
let last = 0;

/** The number of a context, assigned when one of its operations is traced for the first time. */
export function numberOf(context: object): number {
  let number = numbers.get(context);
  if (number === undefined) {
    last += 1;
    number = last;
    numbers.set(context, number);
  }
  return number;
}

/** The properties of a context that every trace of it reads. */
export interface TracedContext {
  readonly package: string;
  readonly provider: { readonly label: string };
}

/** The fields that every trace of a context has. */
export function tracedOf(context: TracedContext): { context: number; package: string; provider: string } {
  return { context: numberOf(context), package: context.package, provider: context.provider.label };
}
