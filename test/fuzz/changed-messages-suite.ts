import { beforeEach, describe, expect, it } from "vitest";
import type { Amount } from "./cases.ts";
import type { Tried } from "./changed-messages-child.ts";
import type { CorpusName } from "./corpora.ts";
import { type FuzzRun, fuzz } from "./fuzz-run.ts";
import { chosenSeeds } from "./seeds.ts";

const script = new URL("changed-messages-child.ts", import.meta.url);

/** The user whom a server authenticated after a changed message, or nobody. */
const honest: Partial<Record<CorpusName, string>> = {
  "GSSAPI Kerberos": "alice@EXAMPLE.TEST",
  "GSSAPI Negotiate": "alice@EXAMPLE.TEST",
  "WinPR 3's Negotiate client": "alice@EXAMPLE.TEST",
  embedded: "alice",
  TSRequest: "alice as alice",
};

/**
 * Last messages that a proof covers as a whole, which nobody else can make: whoever completes has received the whole
 * message.
 */
const covered = /^(authenticate|proof)$/;

export interface SuiteOptions {
  readonly amount: Amount;
  /** The smallest number of cases. */
  readonly least: number;
  /** Records a fact about a test, before the test runs. */
  readonly before?: () => void;
}

/** The expectations for every library and package whose messages are changed on their way. */
export function changedMessages(title: string, names: readonly CorpusName[], options: SuiteOptions): void {
  const seeds = chosenSeeds();
  describe(`${title}: messages that are changed on their way`, () => {
    let running: Promise<FuzzRun<Tried>> | undefined;
    let ran: FuzzRun<Tried> = { cases: [], fatal: [] };
    beforeEach(async () => {
      options.before?.();
      if (!running) console.log(`${title}: seeds ${seeds.join(" and ")}; SSPI_FUZZ_SEED=${seeds[1]} tries them again`);
      running ??= fuzz<Tried>(script, { names, seeds, amount: options.amount });
      ran = await running;
    }, 600_000);

    it("never end the process, and never hang it", () => {
      expect(ran.fatal).toEqual([]);
      expect(ran.cases.length).toBeGreaterThan(options.least);
      for (const name of names) expect(ran.cases.filter(({ corpus }) => corpus === name).length).toBeGreaterThan(100);
    });

    it("are typed errors, or what the message was for", () => {
      const known = /^(SEC_E_[A-Z_]+|continue|complete|incomplete-message|over|nothing|opened|verified)$/;
      expect(ran.cases.filter(({ answer }) => !known.test(answer)).slice(0, 5)).toEqual([]);
      expect(ran.cases.filter(({ answer }) => answer.startsWith("SEC_E_")).length).toBeGreaterThan(100);
    });

    it("leave nothing alive", () => {
      expect(ran.cases.filter(({ held }) => held !== 0).slice(0, 5)).toEqual([]);
    });

    it("authenticate nobody but the user whose messages they are", () => {
      const let_in = ran.cases.filter(({ who }) => who !== undefined);
      expect(let_in.filter(({ corpus, who }) => who !== honest[corpus]).slice(0, 5)).toEqual([]);
      const completed = ran.cases.filter(({ answer, place }) => answer === "complete" && covered.test(place));
      expect(completed.filter(({ whole }) => !whole).slice(0, 5)).toEqual([]);
    });

    it("are not taken for what the peer has sealed or signed", () => {
      expect(ran.cases.filter(({ answer }) => answer === "something else").slice(0, 5)).toEqual([]);
      const taken = ran.cases.filter(({ answer, whole }) => !whole && /^(opened|verified)$/.test(answer));
      expect(taken.slice(0, 5)).toEqual([]);
    });
  });
}
