import { beforeAll, describe, expect, it } from "vitest";
import { providers } from "../live/providers.ts";
import { nothingLive } from "../nothing-live.ts";
import { runScript } from "../run-script.ts";

const file = new URL("forgotten.ts", import.meta.url);

interface Forgotten {
  /** What was held when everything had been forgotten, and what was held after the collection. */
  readonly held: Record<string, number>;
  readonly live: Record<string, number>;
  readonly step: string;
  readonly warnings: readonly string[];
  readonly stderr: string;
}

async function forget(library: string, env: Record<string, string> = {}): Promise<Forgotten> {
  const child = await runScript(file, [library], { node: ["--expose-gc"], env });
  expect({ signal: child.signal, status: child.status }).toEqual({ signal: null, status: 0 });
  return { ...JSON.parse(child.stdout), stderr: child.stderr };
}

const collected = (what: string, count: number): string[] =>
  Array(count).fill(
    `SspiLeakWarning: ${what} was garbage-collected without close(); it is released once nothing uses it`,
  );

describe.each(providers.map((provider) => ({ label: provider.label })))(
  "objects that nobody closes on $label",
  ({ label }) => {
    let forgotten: Forgotten;
    beforeAll(async () => {
      forgotten = await forget(label);
    });

    it("ISC-18 is released when it is collected, in whatever state it is", () => {
      // Contexts hold their credentials, and a server context that has stepped has a native one of its own.
      expect(forgotten.held).toEqual({ ...nothingLive, credentials: 6, contexts: 4 });
      expect(forgotten.live).toEqual(nothingLive);
    });

    it("ISC-18 is reported, each once, with a hint how to find out where it was made", () => {
      expect(forgotten.warnings).toEqual([
        ...collected("ClientContext", 4),
        ...collected("Credential", 1),
        ...collected("ServerContext", 3),
      ]);
      expect(forgotten.stderr).toContain("SSPI_DEBUG=1");
    });

    it("is not collected while a step is under way", () => {
      expect(forgotten.step).toBe("continue");
    });

    it("is reported with the place where it was made, when debugging", async () => {
      const debugged = await forget(label, { SSPI_DEBUG: "1" });
      expect(debugged.stderr).toMatch(/ClientContext was created here[\s\S]*forgotten\.ts:\d+/);
    });
  },
);
