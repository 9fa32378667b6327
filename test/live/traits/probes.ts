import type { ProviderTraits } from "../../../src/native/index.ts";
import { credentialProbes } from "./credential-probes.ts";
import { memoryProbes } from "./memory-probes.ts";
import { peerProbes } from "./peer-probes.ts";
import type { Observe } from "./probe.ts";

/** Traits that other tests observe, by the files of those tests. */
export const seenElsewhere: Readonly<Partial<Record<keyof ProviderTraits, string>>> = {
  boundsTokens: "unguarded-token-on-posix.test.ts",
  survivesTgtReq: "unguarded-tgt-req-on-posix.test.ts",
  deletesFailedContexts: "undeletable-context-on-posix.test.ts",
};

/** How each other trait is observed, where that is possible. */
export const probes: Readonly<Partial<Record<keyof ProviderTraits, Observe>>> = {
  ...peerProbes,
  ...credentialProbes,
  ...memoryProbes,
};
