import type { Mutation } from "./mutation.ts";

/** A number in a message that states a length or an offset. */
export interface Field {
  readonly name: string;
  readonly at: number;
  readonly bytes: 1 | 2 | 3 | 4 | 8;
  readonly order: "little" | "big";
  /** Numbers at which readers tend to make mistakes: the size of the fixed part, and the end. */
  readonly marks: readonly number[];
}

/** A value for a field. */
export interface Setting {
  readonly field: Field;
  readonly value: bigint;
}

/** 0, 1, each mark and its neighbours, and the ends of the signed and of the unsigned range. */
export function settingsOf(message: Buffer, field: Field): readonly Setting[] {
  const most = (1n << BigInt(field.bytes * 8)) - 1n;
  const near = [0, 1, ...field.marks].map(BigInt).flatMap((mark) => [mark - 1n, mark, mark + 1n]);
  const values = new Set([...near, most >> 1n, (most >> 1n) + 1n, most - 1n, most]);
  values.delete(read(message, field));
  return [...values].filter((value) => value >= 0n && value <= most).map((value) => ({ field, value }));
}

/** Each field set to each of its values, one at a time. */
export function fieldMutations(message: Buffer, fields: readonly Field[]): Mutation[] {
  return fields
    .filter(({ at, bytes }) => at + bytes <= message.length)
    .flatMap((field) => settingsOf(message, field).map((setting) => withSettings(message, [setting])));
}

/** Some fields set at once. */
export function withSettings(message: Buffer, settings: readonly Setting[]): Mutation {
  const what = settings.map(({ field, value }) => `${field.name} = ${value}`).join(", ");
  const of = (): Buffer => {
    const copy = Buffer.from(message);
    for (const { field, value } of settings) write(copy, field, value);
    return copy;
  };
  return { what, of };
}

function read(message: Buffer, { at, bytes, order }: Field): bigint {
  const digits = Buffer.from(message.subarray(at, at + bytes));
  return BigInt(`0x${(order === "little" ? digits.reverse() : digits).toString("hex")}`);
}

function write(message: Buffer, { at, bytes, order }: Field, value: bigint): void {
  const digits = Buffer.from(value.toString(16).padStart(bytes * 2, "0"), "hex");
  (order === "little" ? digits.reverse() : digits).copy(message, at);
}
