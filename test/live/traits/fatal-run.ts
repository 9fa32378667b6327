import type { ProviderTraits, SecurityProvider } from "../../../src/index.ts";
import { nodeArguments } from "../../fixtures/bundled-child.ts";
import { endOf } from "../../fixtures/end-of.ts";
import { ntlmFacts } from "../providers.ts";

/** The outcome of a process that ran without one of the library's guards. */
export interface Fate {
  /** The process ended by itself. */
  readonly survived: boolean;
  /** The work of the process succeeded, and was not refused. */
  readonly done: boolean;
}

/** Runs `fatal.ts`, with traits that claim, in this respect, that the provider behaves as the headers say. */
export async function fateOf(trait: keyof ProviderTraits, provider: SecurityProvider): Promise<Fate> {
  const { samFile } = ntlmFacts(provider).server.winpr ?? {};
  const library = provider.kind === "secur32" ? "" : provider.label;
  const args = [
    ...nodeArguments("test/live/traits/fatal.ts"),
    trait,
    library,
    ...(samFile === undefined ? [] : [samFile]),
  ];
  const { stdout, stderr } = await endOf(args);
  if (stderr.includes("Error:")) throw new Error(stderr);
  return { survived: stdout.endsWith("alive\n"), done: stdout.includes("done\n") };
}
