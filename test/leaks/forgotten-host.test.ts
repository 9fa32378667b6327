import { describe, expect, it } from "vitest";
import { runScript } from "../run-script.ts";

const script = new URL("forgotten-host.ts", import.meta.url);

describe("a package host that is forgotten while a credential of it is used", () => {
  it.each(["in C", "in TypeScript"])("A16 keeps what a package %s calls", { timeout: 60_000 }, async (how) => {
    const child = await runScript(script, [how], { node: ["--expose-gc"] });
    expect([child.signal, child.stdout, child.stderr]).toEqual([null, "alive\n", ""]);
  });
});
