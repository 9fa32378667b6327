import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const contexts = join(import.meta.dirname, "../../src/contexts");
/** Members that TypeScript calls protected: its callers cannot reach them, and JavaScript does not know that. */
const hidden = new Set(
  readdirSync(contexts)
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => [...readFileSync(join(contexts, file), "utf8").matchAll(/^ {2}protected (?:\w+ )*(\w+)\(/gm)])
    .map(([, name]) => name as string)
    .concat("constructor"),
);

/** The methods and properties of a class, also those of the classes that it extends, up to `base`. */
export function membersOf(object: object, base: object = Object.prototype): readonly string[] {
  const found: string[] = [];
  for (let at = Object.getPrototypeOf(object); at !== base && at !== null; at = Object.getPrototypeOf(at))
    found.push(...Object.getOwnPropertyNames(at));
  return found.filter((name) => !hidden.has(name));
}
