import { namespace } from "./emit/file.ts";
import { structLocals } from "./emit/structs.ts";
import type { MetadataFile } from "./parse.ts";
import type { Problems } from "./problem.ts";

/** Refuses declarations in another program's metadata that are reserved for the library. */
export function checkOutside(
  files: readonly MetadataFile[],
  library: readonly MetadataFile[],
  problems: Problems,
): void {
  const stems = new Set(library.map(({ stem }) => stem));
  for (const { file, stem, content } of files) {
    if (stems.has(stem)) problems.add({ file }, `a file name that is none of sspi-ffi's own, got "${stem}.json"`);
    if (content.internal) problems.add({ file, entity: "internal" }, "no `internal`: that is sspi-ffi's own use");
    if (content.statuses)
      problems.add({ file, entity: "statuses" }, "no `statuses`: sspi-ffi's errors know its own; declare `constants`");
    for (const [name, { provider }] of Object.entries(content.structs))
      if (provider) problems.add({ file, entity: name, field: "provider" }, "no `provider`: sspi-ffi has its table");
    const { constants, enums, structs, callbacks, functions } = content;
    const names = [constants, enums, callbacks, functions].flatMap((kind) =>
      Object.hasOwn(kind, namespace) ? [namespace] : [],
    );
    const taken = Object.keys(structs).filter((name) => name === namespace || structLocals.has(name));
    for (const name of [...names, ...taken])
      problems.add({ file, entity: name }, "a name that the generated code does not need itself");
  }
}
