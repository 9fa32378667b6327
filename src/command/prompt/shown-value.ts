import { writer } from "node:repl";
import { inspect } from "node:util";
import { hostAbi, type Struct } from "../../raw.ts";
import { columns } from "../../values/index.ts";

type AnyStruct = Struct<unknown, string>;
type Field = ReturnType<AnyStruct["fields"]>[string];

/**
 * Formats a value for the prompt: a struct of the headers as a table, a provider as one line, any other value as Node
 * does.
 */
export function shownValue(value: unknown, colors: boolean): string {
  if (isStruct(value)) return structTable(value);
  if (isProvider(value))
    return `SecurityProvider { ${[value.label, value.kind, value.version].filter(Boolean).join(", ")} }`;
  return inspect(value, { ...writer.options, colors });
}

export function isStruct(value: unknown): value is AnyStruct {
  return typeof value === "object" && value !== null && (value as Partial<AnyStruct>).struct === true;
}

interface ProviderFacts {
  readonly label: string;
  readonly kind: string;
  readonly version?: string;
}

function isProvider(value: unknown): value is ProviderFacts {
  return typeof value === "object" && value !== null && "EnumerateSecurityPackagesW" in value && "traits" in value;
}

/** A table of a struct's fields: their offsets on this machine, and their purpose if it is documented. */
export function structTable(
  { kind, name, header, layouts, fields }: AnyStruct,
  purpose: (field: string) => string = () => "",
): string {
  const { size, offsets } = layouts[hostAbi];
  const rows = Object.entries(fields()).map(([field, type]) => [
    ...[String(offsets[field]), field, typeName(type)],
    purpose(field),
  ]);
  const table = columns([["offset", "field", "type", ""], ...rows]);
  return `${kind} ${name} (${header}), ${size} bytes on this machine\n${table}`;
}

function typeName(type: Field): string {
  if ("struct" in type) return type.name;
  if ("array" in type) return `${typeName(type.array as Field)}[${type.count}]`;
  return type.scalar;
}
