import { describe, it } from "vitest";
import type { PackageHost } from "../../src/packages.ts";
import { compiledPackage, hasPackages } from "../fixtures/compiled-package.ts";
import { failEach, subject } from "./failing-allocations.ts";
import { steps } from "./steps.ts";

function inC(host: PackageHost) {
  host.load(compiledPackage("sound"), { splitsMessages: true });
  return { close() {}, wrongs: () => [] };
}

describe.runIf(hasPackages)("a package in C, when an allocation fails", () => {
  it.each(steps)(
    "in $name, throws SEC_E_INSUFFICIENT_MEMORY or STATUS_NO_MEMORY and leaves nothing allocated or open",
    (step) => void failEach(() => subject("Fixture", inC), step),
  );
});
