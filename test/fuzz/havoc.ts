import { type Mutation, mutationsOf } from "./mutations/index.ts";
import type { Random } from "./random.ts";

const kinds = ["structured", "structured", "structured", "overwritten", "cut", "inserted", "twice", "filled"] as const;

/** One to four changes in a row, of structured and of unstructured parts of a message. */
export function havoc(message: Buffer, random: Random): Mutation {
  const told: string[] = [];
  let changed = message;
  for (let left = 1 + random.below(4); left > 0; left -= 1) {
    const kind = random.of(kinds);
    const structured = kind === "structured" ? mutationsOf(changed) : [];
    if (structured.length > 0) {
      const { what, of } = random.of(structured);
      told.push(what);
      changed = of();
      continue;
    }
    const at = random.below(changed.length + 1);
    const [before, after] = [changed.subarray(0, at), changed.subarray(at)];
    told.push(`${kind} at ${at}`);
    changed = unstructured(kind, before, after, random);
  }
  return { what: told.join("; "), of: () => changed };
}

function unstructured(kind: (typeof kinds)[number], before: Buffer, after: Buffer, random: Random): Buffer {
  const size = 1 + random.below(8);
  switch (kind) {
    case "cut":
      return before;
    case "inserted":
      return Buffer.concat([before, random.bytes(size), after]);
    case "twice":
      return Buffer.concat([before, after.subarray(0, size * 4), after]);
    case "filled":
      return Buffer.concat([before, Buffer.alloc(Math.min(size, after.length), 0xff), after.subarray(size)]);
    default:
      return Buffer.concat([before, random.bytes(Math.min(size, after.length)), after.subarray(size)]);
  }
}
