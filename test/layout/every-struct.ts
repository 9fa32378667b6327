import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Struct } from "../../src/ctypes/index.ts";

const generated = join(import.meta.dirname, "../../generated");

function isStruct(value: unknown): value is Struct {
  return typeof value === "object" && value !== null && "struct" in value && value.struct === true;
}

/** Every struct that a generated module exports, once, whatever the header. */
export const everyStruct: readonly Struct[] = await collect();

async function collect(): Promise<readonly Struct[]> {
  const files = readdirSync(generated, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  const modules = await Promise.all(files.map((file) => import(join(generated, file)) as Promise<object>));
  const structs = modules.flatMap((module) => Object.values(module).filter(isStruct));
  // Compared by name: on Wine a module may be loaded by two spellings of its path.
  return [...new Map(structs.map((struct) => [`${struct.header} ${struct.name}`, struct])).values()];
}
