import type { Model } from "../model/types.ts";
import { typeAlias } from "./constants.ts";
import { comment, docText } from "./docs.ts";
import { exported, GeneratedFile, type Surroundings } from "./file.ts";

const path = "release-functions.ts";

/** Emits one rule per release function: the kind of thing that it frees, and how it reports success. */
export function emitReleaseFunctions({ headers, provider }: Model, surroundings: Surroundings): GeneratedFile[] {
  const used = headers.filter(({ functions }) => functions.some(({ release }) => release));
  if (used.length === 0) return [];
  const file = new GeneratedFile(
    path,
    used.map(({ stem }) => `${stem}.json`),
    surroundings,
  );
  const entries = used.flatMap(({ functions }) =>
    functions.flatMap(({ name, summary, release }) => {
      if (release === undefined) return [];
      const { counts, success } = release;
      return [`${comment(docText([summary]))}\n${name}: { counts: "${counts}", success: "${success}" },`];
    }),
  );
  const type = `Record<string, ${file.wordType("ReleaseRule")}>`;
  const docs = "The functions that release what others hand out.";
  file.statements.push(exported("releaseFunctions", `{\n${entries.join("\n")}\n} as const satisfies ${type}`, docs), {
    ...typeAlias("ReleaseFunctionName", "keyof typeof releaseFunctions"),
    docs: ["A release function of the headers."],
  });
  if (provider === undefined) return [file];
  const own = `ReleaseFunctionName & ${file.useType("provider.ts", "ProviderFunction")}`;
  file.statements.push({ ...typeAlias("ReleaseFunction", own), docs: ["A release function that a provider has."] });
  return [file];
}

/** The type of the release functions that an attribute may name. */
export function useReleaseFunction(file: GeneratedFile): string {
  return file.useType(path, "ReleaseFunction");
}
