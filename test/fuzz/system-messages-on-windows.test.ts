import { beforeAll, describe, expect, it } from "vitest";
import { systemProvider } from "../../src/index.ts";
import { needsForNtlm } from "../lab/needs.ts";
import { casesOf } from "./cases.ts";
import type { Tried } from "./changed-messages-child.ts";
import { corpus } from "./corpora.ts";
import { chosenSeeds } from "./seeds.ts";
import { deliver } from "./walk.ts";

const name = "this system's NTLM";

function triedOn(system: ReturnType<typeof corpus>, seed: number): Tried[] {
  return casesOf(system, seed, { structured: 200, bytes: 200, random: 1 }).map(({ place, of }) => {
    let made = { what: "", whole: true };
    const outcome = deliver(system, place, (message) => {
      const { what, sent } = of(message);
      made = { what, whole: sent.subarray(0, message.length).equals(message) };
      return sent;
    });
    return { corpus: name, place, ...made, ...outcome };
  });
}

/**
 * Wine's NTLM takes two processes for each exchange, so these tests try only some of the cases. They run in this
 * process: Wine starts no TypeScript, and its pool would only name the file of a test that ends the process.
 */
describe("NTLM of secur32: messages that are changed on their way", () => {
  needsForNtlm(systemProvider());
  const seeds = chosenSeeds();
  const tried: Tried[] = [];
  beforeAll(() => {
    console.log(`seeds ${seeds.join(" and ")}; SSPI_FUZZ_SEED=${seeds[1]} tries them again`);
    const system = corpus(name);
    try {
      for (const seed of seeds) tried.push(...triedOn(system, seed));
    } finally {
      system.close?.();
    }
  }, 300_000);

  it("are typed errors or legs, and leave nothing alive", () => {
    const known = /^(SEC_E_[A-Z_]+|continue|complete)$/;
    expect(tried.filter(({ answer, held }) => !known.test(answer) || held !== 0)).toEqual([]);
    expect(tried.length).toBeGreaterThan(30);
  });

  it("authenticate no one: a server completes with the client's message as it was only", () => {
    const completed = tried.filter(({ place, answer }) => place === "authenticate" && answer === "complete");
    expect(completed.filter(({ whole }) => !whole)).toEqual([]);
  });
});
