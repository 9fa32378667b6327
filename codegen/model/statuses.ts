import type { MetadataFile } from "../parse.ts";
import { at, type Problems } from "../problem.ts";
import type { Header, Status } from "./types.ts";

type Sources = Record<string, { readonly value: string; readonly text?: string | undefined }>;

/**
 * Builds statuses. Several names may share a number: the first in the file is its name, the others are aliases. A
 * SECURITY_STATUS always has an explanation; of the thousands of others, only those that SSPI work meets have one.
 */
export function buildStatuses(
  { content, file }: MetadataFile,
  problems: Problems,
): Pick<Header, "sspiStatuses" | "ntStatuses" | "hresults" | "win32Errors"> {
  const build = (sources: Sources, explained: boolean): Status[] => {
    const byValue = new Map<number, Status & { aliases: string[] }>();
    for (const [name, { value: spelled, text }] of Object.entries(sources)) {
      const value = Number(spelled);
      const first = byValue.get(value);
      if (first !== undefined) first.aliases.push(name);
      else byValue.set(value, { name, value, aliases: [], ...(text === undefined ? {} : { text }) });
      if (first === undefined && text === undefined && explained)
        problems.add(at({ file, entity: name }, "text"), "an explanation in one line");
      if (value < 0 || value > 0xffff_ffff)
        problems.add(at({ file, entity: name }, "value"), `an unsigned 32-bit value, got ${spelled}`);
    }
    return [...byValue.values()];
  };
  const { sspi = {}, nt = {}, hresult = {}, win32 = {} } = content.statuses ?? {};
  return {
    sspiStatuses: build(sspi, true),
    ntStatuses: build(nt, false),
    hresults: build(hresult, false),
    win32Errors: build(win32, false),
  };
}

/** Returns the statuses of a header, of every family. */
export function statusesOf({ sspiStatuses, ntStatuses, hresults, win32Errors }: Header): readonly Status[] {
  return [...sspiStatuses, ...ntStatuses, ...hresults, ...win32Errors];
}
