import { describe, expect, it } from "vitest";
import { embeddedHost, embeddedPackage, type PackageHost } from "../../src/packages.ts";
import { failEach, type Subject, subject } from "./failing-allocations.ts";
import { ScriptedPackage } from "./scripted/scripted-package.ts";
import { steps } from "./steps.ts";
import { testPackage } from "./test-package.ts";

function scripted(host: PackageHost) {
  const made = new ScriptedPackage();
  host.add(made, { splitsMessages: true });
  const open = () => Object.entries(made.open).filter(([, count]) => count > 0);
  return { close: () => made.close(), wrongs: () => [...made.wrongs, ...open()] };
}

function typeScript(host: PackageHost) {
  const made = testPackage({ callPackage: ({ message }) => message });
  host.add(made);
  const open = () => Object.entries(made.open).filter(([, count]) => count > 0);
  return { close: () => made.close(), wrongs: () => [...made.faults, ...open()] };
}

const subjects: readonly (readonly [string, () => Subject])[] = [
  ["a scripted package", () => subject("Scripted", scripted)],
  ["a package in TypeScript", () => subject("Test", typeScript)],
];

/** The steps that the embedded package does not support: tokens, and messages to the package. */
const notEmbedded = /token|message to/;

function embedded(): Subject {
  const host = embeddedHost({ keys: { alice: Buffer.alloc(32, 7) } });
  const wrongs = () => [];
  return { host, name: embeddedPackage, principal: "alice", wrongs, [Symbol.dispose]: () => host.close() };
}

describe("the embedded package, when an allocation fails", () => {
  it.each(steps.filter(({ name }) => !notEmbedded.test(name)))(
    "in $name, throws and leaves nothing allocated or open",
    (step) => void failEach(embedded, step),
  );
});

describe.each(subjects)("%s, when an allocation fails", (what, make) => {
  it.each(steps)(
    "in $name, throws SEC_E_INSUFFICIENT_MEMORY or STATUS_NO_MEMORY and leaves nothing allocated or open",
    (step) => {
      const allocations = failEach(make, step);
      if (what === "a scripted package") expect(allocations).toBeGreaterThan(0);
    },
  );
});
