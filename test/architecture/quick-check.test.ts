import { describe, expect, it } from "vitest";
import { takesLong } from "../long-tests.ts";
import { readsTypes, usesToolchain } from "../toolchain.ts";

describe("npm run check", () => {
  it.each([
    ["compiles a header check", "test/codegen/verify-headers.test.ts"],
    ["runs the generator", "test/codegen/determinism.test.ts"],
    ["starts a process by way of a fixture", "test/memory/forgotten-owner.test.ts"],
    ["bundles", "test/architecture/tree-shaking.test.ts"],
  ])("leaves out a test that %s", (_, test) => expect(usesToolchain(test)).toBe(true));

  it.each([
    ["of the API's arguments", "test/architecture/public-arguments.test.ts"],
    ["of the documented members", "test/architecture/documented.test.ts"],
  ])("leaves out a test %s, which reads the types of the declarations", (_, test) =>
    expect(readsTypes(test)).toBe(true),
  );

  it.each([
    ["calls the library", "test/contexts/context-states.test.ts"],
    ["reads the generator's model", "test/codegen/layout.test.ts"],
    ["parses the sources", "test/architecture/imports.test.ts"],
  ])("has a test that only %s", (_, test) => {
    expect(usesToolchain(test)).toBe(false);
    expect(readsTypes(test)).toBe(false);
    expect(takesLong(test)).toBe(false);
  });

  it("leaves out tests with a time limit of a minute and more, after the test and before it", () => {
    expect(takesLong("test/streams/flow.test.ts")).toBe(true);
    expect(takesLong("test/packages/schannel/streams.test.ts")).toBe(true);
    expect(takesLong("test/http/server/attacks.test.ts")).toBe(false);
  });
});
