import { describe, expect, it } from "vitest";
import { providers } from "./providers.ts";
import { whyMissing, winprLibraries } from "./winpr-libraries.ts";

describe("the live suites", () => {
  it.for(winprLibraries)("run on %s", (library, { skip }) => {
    const missing = whyMissing(library);
    if (missing) skip(missing);
    expect(providers.map(({ label }) => label)).toContain(library);
  });
});
