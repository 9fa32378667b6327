import type { Dispatcher } from "undici";
import { isArray } from "../../values/index.ts";

type Fields = NonNullable<Dispatcher.DispatchOptions["headers"]>;
type Pairs = Iterable<readonly [string, string | string[] | undefined]>;

const name = "authorization";

/** Returns fields that can be read more than once: the pairs may come from a generator. */
export function repeatableFields(fields: Fields): Fields {
  if (isArray(fields) || !(Symbol.iterator in fields)) return fields;
  return [...(fields as Pairs)].flat() as string[];
}

/** Whether a request contains the caller's own credentials. */
export function hasAuthorization(fields: Fields): boolean {
  if (isArray(fields)) return fields.some((field, index) => index % 2 === 0 && isAuthorization(field));
  for (const field in fields as object) if (isAuthorization(field)) return true;
  return false;
}

/** Returns the fields with a logon's token added. */
export function withAuthorization(fields: Fields, value: string): Fields {
  return isArray(fields) ? [...fields, name, value] : { ...(fields as Record<string, string>), [name]: value };
}

function isAuthorization(field: string): boolean {
  return field.length === name.length && field.toLowerCase() === name;
}
