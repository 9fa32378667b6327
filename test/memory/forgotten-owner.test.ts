import { describe, expect, it } from "vitest";
import { runChild } from "../fixtures/child.ts";

interface Report {
  readonly released: readonly string[];
  readonly warnings: readonly { message: string; type: string; code: string; detail: string }[];
  readonly stillOpen: boolean;
}

function forget(env: Readonly<Record<string, string>>): Report & { readonly stderr: string } {
  const { code, stdout, stderr } = runChild("forget-owners.ts", { nodeOptions: ["--expose-gc"], env });
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  return { ...(JSON.parse(stdout) as Report), stderr };
}

describe("an owner that nobody closed", { timeout: 60_000 }, () => {
  it("is reported as a warning and released by the collector; others are not", () => {
    const { released, warnings, stillOpen, stderr } = forget({});
    expect(released).toEqual(["the closed context", "the forgotten context"]);
    expect(stillOpen).toBe(true);
    expect(warnings).toEqual([
      {
        message: "the forgotten context was garbage-collected without close(); it is released now",
        type: "SspiLeakWarning",
        code: "SSPI_LEAK",
        detail: "Set SSPI_DEBUG=1 to see where it was created.",
      },
    ]);
    expect(stderr).toContain("[SSPI_LEAK] SspiLeakWarning: the forgotten context");
  });

  it("is reported with the place where it was created under SSPI_DEBUG=1", () => {
    const { released, warnings } = forget({ SSPI_DEBUG: "1" });
    expect(released).toContain("the forgotten context");
    expect(warnings).toHaveLength(1);
    expect(warnings[0]?.detail).toContain("the forgotten context was created here");
    expect(warnings[0]?.detail).toMatch(/at forgetOneOfThree .*forget-owners\.ts:\d+/);
  });
});
