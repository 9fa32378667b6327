import type { ProviderTraits } from "../../../src/native/index.ts";
import { credentialProbes } from "./credential-probes.ts";
import { memoryProbes } from "./memory-probes.ts";
import { peerProbes } from "./peer-probes.ts";
import type { Observe } from "./probe.ts";

/** Traits that tests of their own see, by the files of those. */
export const seenElsewhere: Readonly<Partial<Record<keyof ProviderTraits, string>>> = {
  boundsTokens: "unguarded-token.test.ts",
  survivesTgtReq: "unguarded-tgt-req.test.ts",
  deletesFailedContexts: "undeletable-context.test.ts",
};

/** How each other trait is seen, where it can be. */
export const probes: Readonly<Partial<Record<keyof ProviderTraits, Observe>>> = {
  ...peerProbes,
  ...credentialProbes,
  ...memoryProbes,
};
