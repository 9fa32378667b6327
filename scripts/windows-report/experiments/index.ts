import type { Experiment } from "../experiment.ts";
import { credentials } from "./credentials.ts";
import { openssl } from "./openssl.ts";
import { schannel } from "./schannel.ts";
import { tls13 } from "./tls13.ts";

/** All experiments by name. */
export const experiments: Readonly<Record<string, Experiment>> = { ...tls13, ...openssl, ...schannel, ...credentials };
