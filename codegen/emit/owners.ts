import type { Model } from "../model/types.ts";
import { exported, GeneratedFile } from "./file.ts";

/** One rule per release function: what it frees, and how it says that it did. */
export function emitOwners({ headers }: Model): GeneratedFile[] {
  const used = headers.filter(({ functions }) => functions.some(({ release }) => release));
  if (used.length === 0) return [];
  const file = new GeneratedFile(
    "owners.ts",
    used.map(({ stem }) => `${stem}.json`),
  );
  const entries = used.flatMap(({ functions }) =>
    functions.flatMap(({ name, summary, release }) => {
      if (release === undefined) return [];
      const { counts, takes, success } = release;
      const facts = `releasedBy: "${name}", counts: "${counts}", takes: "${takes}", success: "${success}"`;
      return [`/** ${summary} */\n${name}: { ${facts} },`];
    }),
  );
  const type = `Record<string, ${file.wordType("OwnerDeclaration")}>`;
  const docs = "The functions that release what others hand out.";
  file.statements.push(exported("owners", `{\n${entries.join("\n")}\n} as const satisfies ${type}`, docs));
  return [file];
}
