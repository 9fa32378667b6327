/** A message changed in one way. */
export interface Mutation {
  readonly what: string;
  /** The changed message, made on demand, since there are many. */
  readonly of: () => Buffer;
}
