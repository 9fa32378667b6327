import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { includesPackage, type PackageSet, type ProviderTraits } from "../../src/native/index.ts";
import { needs } from "../lab/needs.ts";
import { noteProvider } from "../report/tested-on.ts";
import { ticketCopy } from "./kerberos.ts";
import { unguarded } from "./traits/authentication.ts";
import type { Observation } from "./traits/probe.ts";
import { probes, seenElsewhere } from "./traits/probes.ts";
import { seenOn } from "./traits/seen-on.ts";
import { subjectsHere } from "./traits/subjects.ts";

const { subjects, close } = subjectsHere();
afterAll(close);

/** The rules that guard against the behaviour that a trait states, which would be needless if the trait were wrong. */
const rules: Readonly<Partial<Record<keyof ProviderTraits, string>>> = {
  queriesKeysEarly: "A3",
  schannelWorks: "A4",
  allocatesTokens: "A6",
  setsKdcProxy: "A6",
  enforcesBindings: "B1",
  sendsBindings: "B1",
  namesTicketCache: "B4",
  honoursPackageList: "B5",
  sharesInboundCredentials: "B6",
  takesLongPasswords: "B8",
  enforcesPrincipal: "B8",
  impersonates: "B11",
  namesInboundPeer: "B16",
  exportsShareSequence: "B36",
  readsSchCredentials: "B41",
  protectsEveryBuffer: "B41",
};

/** The value of a trait, in the form of an observation. */
function stated(trait: boolean | string | PackageSet, seen: Observation): Observation {
  if (typeof seen !== "object") return trait as boolean | string;
  return Object.fromEntries(Object.keys(seen).map((name) => [name, includesPackage(trait as PackageSet, name)]));
}

describe.each(subjects)("the traits of $column", (subject) => {
  const { provider, column } = subject;
  needs("krb5kdc", ...(process.platform === "win32" ? (["winbindd"] as const) : []));
  ticketCopy();
  beforeEach(() => noteProvider(provider));

  const seenHere = (Object.keys(seenOn) as (keyof ProviderTraits)[])
    .filter((name) => seenOn[name].includes(column) && !seenElsewhere[name])
    .map((name) => [`${rules[name] ?? ""} ${name}`.trim(), name] as const);

  it.each(seenHere)(
    "%s is what the library does where nothing guards against it",
    { timeout: 90_000 },
    async (_, name) => {
      const observe = probes[name];
      if (!observe) throw new Error(`${name}: say in traits/ how it is seen`);
      const seen = await observe(subject, unguarded(provider, name));
      expect(seen).toEqual(stated(provider.traits[name], seen));
    },
  );
});

it("traits that tests of their own see have these tests", () => {
  for (const file of Object.values(seenElsewhere)) expect(existsSync(join(import.meta.dirname, file)), file).toBe(true);
});
