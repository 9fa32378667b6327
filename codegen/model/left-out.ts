import type { MetadataFile } from "../parse.ts";
import type { Problems } from "../problem.ts";

/** Checks that a name is either declared or left out, never both. */
export function checkLeftOut(files: readonly MetadataFile[], problems: Problems): void {
  for (const { file, content } of files) {
    const kinds = ["typedefs", "constants", "enums", "structs", "callbacks", "functions"] as const;
    const declared = kinds.flatMap((kind) => Object.keys(content[kind]));
    const seen = new Set<string>();
    for (const name of content.leftOut.flatMap(({ names }) => names)) {
      const place = { file, entity: "leftOut", field: name };
      const both = declared.find((one) => (name.endsWith("*") ? one.startsWith(name.slice(0, -1)) : one === name));
      if (both !== undefined) problems.add(place, `a name that is not declared, but ${both} is`);
      if (seen.has(name)) problems.add(place, "a name that is left out once");
      seen.add(name);
    }
  }
}
