import { describe, expect, it } from "vitest";
import { runScript } from "../run-script.ts";

const script = new URL("forgotten-host.ts", import.meta.url);

describe("a package host that the caller drops while a credential of it is used", () => {
  it("A16 keeps the tables that a package in C calls", { timeout: 60_000 }, async () => {
    const child = await runScript(script, [], { node: ["--expose-gc"] });
    expect([child.signal, child.stdout, child.stderr]).toEqual([null, "alive\n", ""]);
  });
});
