import { describe, expect, it } from "vitest";
import { runChild } from "../fixtures/child.ts";

interface Report {
  readonly released: readonly string[];
  readonly warnings: readonly { message: string; type: string; code: string; detail: string }[];
  readonly stillOpen: boolean;
  readonly useAfterClose?: string;
}

function forget(env: Readonly<Record<string, string>>): Report & { readonly stderr: string } {
  const { code, stdout, stderr } = runChild("forget-owners.ts", { nodeOptions: ["--expose-gc"], env });
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  return { ...(JSON.parse(stdout) as Report), stderr };
}

const forgotten = ["the forgotten context", "the forgotten token"];

describe("an owner that nobody closed", { timeout: 60_000 }, () => {
  it("is reported as a warning and released by the collector, once; others are not", () => {
    const { released, warnings, stillOpen, stderr } = forget({});
    expect(released[0]).toBe("the closed context");
    expect(released.slice(1).sort()).toEqual(forgotten);
    expect(stillOpen).toBe(true);
    const sorted = [...warnings].sort((one, other) => one.message.localeCompare(other.message));
    expect(sorted).toEqual(
      forgotten.map((what) => ({
        message: `${what} was garbage-collected without close(); it is released once nothing uses it`,
        type: "SspiLeakWarning",
        code: "SSPI_LEAK",
        detail: "Set SSPI_DEBUG=1 to see where it was created.",
      })),
    );
    expect(stderr).toContain("[SSPI_LEAK] SspiLeakWarning: the forgotten context");
  });

  it("is reported with the place where it was created under SSPI_DEBUG=1", () => {
    const { released, warnings } = forget({ SSPI_DEBUG: "1" });
    expect(released).toEqual(expect.arrayContaining(forgotten));
    const details = warnings.map(({ detail }) => detail).sort();
    for (const [index, what] of forgotten.entries()) {
      expect(details[index]).toContain(`${what} was created here`);
      expect(details[index]).toMatch(/at forgetTwoOfFour .*forget-owners\.ts:\d+/);
    }
  });

  it("says in the error of a use after close where it was created, under SSPI_DEBUG=1 only", () => {
    expect(forget({}).useAfterClose).toBeUndefined();
    expect(forget({ SSPI_DEBUG: "1" }).useAfterClose).toMatch(
      /the kept credential was created here[\s\S]*forget-owners\.ts:\d+/,
    );
  });
});
