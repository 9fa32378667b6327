import {
  type AttributeDeclaration,
  type AttributePointer,
  hostAbi,
  lonePointer,
  type Struct,
} from "../../ctypes/index.ts";
import { ticksOfDate } from "../../memory/index.ts";
import { writeBytes } from "../../native/index.ts";
import { PackageError } from "./package-error.ts";
import type { AttributeAnswers } from "./session.ts";

type Fields = Record<string, unknown>;
type Allocate = (bytes: Uint8Array) => bigint;

/** Writes the answer to `attribute` where a caller of QueryContextAttributes wants it. */
export function answerAttribute<Attributes>(
  declarations: { readonly [A in keyof Attributes]: AttributeDeclaration },
  answers: AttributeAnswers<Attributes> | undefined,
  attribute: number,
  address: bigint,
  allocate: Allocate,
): void {
  const names = Object.keys(declarations) as (keyof Attributes)[];
  const name = names.find((candidate) => declarations[candidate].value === attribute && answers?.[candidate]);
  const answer = name === undefined ? undefined : answers?.[name];
  if (name === undefined || !answer) throw new PackageError("SEC_E_UNSUPPORTED_FUNCTION");
  const { struct, pointers, times } = declarations[name];
  const answered: unknown = answer();
  const value = (struct as Struct) === lonePointer ? { value: answered } : answered;
  if (typeof value !== "object" || value === null)
    throw new TypeError(`query.${String(name)}: expected an object, got ${typeof value}`);
  const fields = native(value as Fields, pointers, times, allocate);
  const bytes = new Uint8Array(struct.layouts[hostAbi].size);
  struct.write(new DataView(bytes.buffer), fields);
  writeBytes(address, bytes);
}

/** The value with addresses and ticks in place of what they stand for. */
function native(value: Fields, pointers: readonly AttributePointer[], times: readonly string[], allocate: Allocate) {
  const fields: Fields = { ...value };
  for (const time of times) fields[time] = ticksOfDate(value[time] as Date | undefined);
  for (const pointer of pointers) {
    const content = value[pointer.field];
    fields[pointer.field] = content === undefined ? 0n : allocate(bytesBehind(pointer, content));
    if (pointer.sizedBy && content instanceof Uint8Array) fields[pointer.sizedBy] = content.length;
  }
  return fields;
}

function bytesBehind({ field, holds }: AttributePointer, content: unknown): Uint8Array {
  if (holds === "wide-string") return Buffer.from(`${String(content)}\0`, "utf16le");
  if (holds === "ansi-string") return Buffer.from(`${String(content)}\0`);
  if (holds === "bytes" && content instanceof Uint8Array) return content;
  throw new TypeError(`query: ${field} cannot be answered by a package written in TypeScript`);
}
