/** Formats a docstring as text for a terminal: without asterisks and code fences; tags become words. */
export function textOfDocs(docs: string): string {
  return docs
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd())
    .filter((line) => !line.startsWith("```"))
    .map(withoutTags)
    .join("\n")
    .trim();
}

function withoutTags(line: string): string {
  return line
    .replaceAll(/\{@link ([^}]+)\}/g, "$1")
    .replace(/^@param (\S+) (?:- )?/, "  $1: ")
    .replace(/^@returns /, "Returns: ")
    .replace(/^@throws /, "Throws: ")
    .replace(/^@see /, "See ");
}
