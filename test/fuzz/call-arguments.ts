import { contextAttributes, credentialAttributes } from "../../generated/attributes.ts";
import type { Random } from "./random.ts";

/** The results of earlier calls, which later calls receive as arguments. */
export interface Things {
  readonly objects: object[];
  readonly tokens: Uint8Array[];
}

const flags = ["confidentiality", "integrity", "mutualAuth", "delegate", "nosuch", "stream", "nullSession"];
const types = ["token", "data", "padding", "stream", "extra", "streamHeader", "alert", "nosuch"];
const names = [...Object.keys(contextAttributes), ...Object.keys(credentialAttributes), "nosuch", "__proto__"];

/** Arguments for a method, by its name: mostly valid ones, and sometimes others. */
export function argumentsFor(method: string, random: Random, things: Things, nested: () => unknown): unknown[] {
  if (random.below(16) === 0) return Array.from({ length: random.below(3) }, () => anything(random, things));
  const bytes = (): Uint8Array => bytesOf(random, things);
  if (/Buffers(InPlace)?$/.test(method)) return [buffers(random, things), optionsOf(random)];
  if (/^(step|stepSync)$/.test(method)) return [random.below(5) === 0 ? undefined : bytes(), stepOptions(random)];
  if (/InPlace$|^verify$/.test(method)) return [bytes(), bytes(), optionsOf(random)];
  if (/^(encrypt|decrypt|decryptStream|sign)$/.test(method)) return [bytes(), optionsOf(random)];
  if (/^(query|set)$/.test(method)) return [random.of(names), anything(random, things)];
  if (method === "hasFlag") return [random.of(flags)];
  if (method === "impersonate") return [nested];
  if (method === "useCredential") return [random.of(things.objects)];
  if (method === "peer") return [random.of([undefined, { form: "windows" }, { form: "mechanism" }])];
  if (method === "applyControlToken")
    return [random.of([bytes(), { type: "shutdown" }, { type: "renegotiate" }, { type: "nosuch" }])];
  if (method === "export")
    return [{ deleteOld: random.below(3) === 0, keepOld: random.below(2) === 0, withToken: random.below(4) === 0 }];
  return [];
}

function optionsOf(random: Random): object | undefined {
  return random.of([undefined, {}, { sequence: random.below(4) }, { allowUnencrypted: true }, { nosuch: 1 }]);
}

function stepOptions(random: Random): object | undefined {
  if (random.below(3) > 0) return undefined;
  return random.of([
    { timeout: 1 + random.below(50) },
    { signal: AbortSignal.abort() },
    { output: [{ type: "alert", size: 64 }] },
  ]);
}

function buffers(random: Random, things: Things): readonly object[] {
  return Array.from({ length: random.below(5) }, () => ({ type: random.of(types), bytes: bytesOf(random, things) }));
}

function bytesOf(random: Random, { tokens }: Things): Uint8Array {
  // A token is used up: the test copies it, because methods in place write to it.
  if (tokens.length > 0 && random.below(4) > 0)
    return Buffer.from(tokens.at(-1 - random.below(Math.min(3, tokens.length)))!);
  return random.bytes(random.below(80));
}

function anything(random: Random, things: Things): unknown {
  return random.of([
    undefined,
    null,
    0,
    -1,
    Number.NaN,
    2n ** 64n,
    "",
    "\0",
    Symbol("s"),
    {},
    [],
    () => 1,
    bytesOf(random, things),
    things.objects[0],
  ]);
}
