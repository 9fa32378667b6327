/** A message changed in one way. */
export interface Mutation {
  readonly what: string;
  /** The changed message, made when it is wanted: there are many. */
  readonly of: () => Buffer;
}
