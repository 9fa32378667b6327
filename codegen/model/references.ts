import type { MetadataFile } from "../parse.ts";
import { at, type Place, type Problems } from "../problem.ts";
import type { Header, NativeFunction, Notes, Struct } from "./types.ts";

/** Checks that names other than types in fields and parameters exist, in any header. */
export function checkReferences(
  files: readonly MetadataFile[],
  headers: readonly Header[],
  functions: ReadonlyMap<string, NativeFunction>,
  problems: Problems,
): void {
  const groups = new Set(headers.flatMap(({ flagGroups }) => flagGroups.map(({ name }) => name)));
  const releases = new Set([
    ...releaseFunctions(functions),
    ...headers.flatMap(({ structs }) => structs.flatMap(tableMembers)),
  ]);
  const fileOf = new Map(files.map(({ stem, file }) => [stem, file]));
  const check = ({ releasedBy, flags }: Notes, place: Place): void => {
    if (releasedBy !== undefined && !releases.has(releasedBy))
      problems.add(
        at(place, "releasedBy"),
        `a function with \`release\` or a member of a function table, got "${releasedBy}"`,
      );
    if (flags !== undefined && !groups.has(flags))
      problems.add(at(place, "flags"), `a declared flag group, got "${flags}"`);
  };
  for (const { stem, structs, functions: ours, callbacks } of headers) {
    const file = fileOf.get(stem) ?? stem;
    for (const { name, fields } of structs)
      for (const field of fields) check(field, at({ file, entity: name }, "fields", field.name));
    for (const { name, resultReleasedBy } of ours)
      if (resultReleasedBy !== undefined && !releases.has(resultReleasedBy))
        problems.add(
          at({ file, entity: name }, "resultReleasedBy"),
          `a function with \`release\` or a member of a function table, got "${resultReleasedBy}"`,
        );
    for (const { name, parameters } of [...ours, ...callbacks.filter(({ like }) => like === undefined)])
      for (const parameter of parameters) check(parameter, at({ file, entity: name }, "parameters", parameter.name));
  }
}

function releaseFunctions(functions: ReadonlyMap<string, NativeFunction>): string[] {
  return [...functions.values()].flatMap(({ name, release }) => (release === undefined ? [] : [name]));
}

/** Returns `TABLE.FreeHeap`: the members of a function table, which may be named as release functions. */
function tableMembers({ name, fields }: Struct): string[] {
  return fields.flatMap((field) =>
    field.type.kind === "pointer" && field.type.to.kind === "callback" ? [`${name}.${field.name}`] : [],
  );
}
