import { describe, expect, it } from "vitest";
import { freshTickets } from "../live/kerberos.ts";
import { winpr } from "../live/winpr-libraries.ts";
import { memoryFaults } from "../memory-faults.ts";
import { noteProvider } from "../report/tested-on.ts";
import { kerberosAmount, ntlmAmount } from "./amounts.ts";
import type { Amount } from "./cases.ts";
import type { Tried } from "./changed-messages-child.ts";
import type { CorpusName } from "./corpora.ts";
import { fuzz } from "./fuzz-run.ts";

const script = new URL("changed-messages-child.ts", import.meta.url);
const [winpr2, winpr3] = [winpr("libwinpr2.so.2"), winpr("libwinpr3.so.3")];
/** Later versions have been corrected. */
const [first, third] = [winpr2?.version?.startsWith("2.11."), winpr3?.version?.startsWith("3.10.")];

/** Freed memory keeps its content: filled with other bytes, some of these cases would loop for ever instead. */
const unfilled = { MALLOC_PERTURB_: "0" };

interface Expected {
  readonly name: CorpusName;
  readonly place: string;
  readonly amount: Amount;
  readonly found: RegExp;
}

/** With the amounts and the seed of the tests of the guarded library. */
async function findsFatal({ name, place, amount, found }: Expected): Promise<void> {
  const task = { names: [name], places: [place], guarded: false, seeds: [1], amount };
  const { fatal } = await fuzz<Tried>(script, task, { mostFatal: 1, env: unfilled });
  for (const one of fatal) expect(one.slice(0, one.indexOf(": "))).toMatch(memoryFaults);
  expect(fatal.filter((one) => found.test(one))).not.toEqual([]);
}

/** Without these tests the other tests of this folder would prove nothing. */
describe("the messages that are changed on their way, given to a library without the checks of this one", () => {
  freshTickets();

  it.each([
    ["WinPR 2 NTLM", winpr2, first],
    ["WinPR 3 NTLM", winpr3, third],
  ] as const)(
    "A1 end the process by an offset of NTLM's AUTHENTICATE: %s",
    { timeout: 300_000 },
    async (name, provider, dies) => {
      if (!provider || !dies) return;
      noteProvider(provider);
      await findsFatal({ name, place: "authenticate", amount: ntlmAmount, found: /SessionKey\.\w+ = / });
    },
  );

  it.each([
    ["A2", "a TGT-REQ to a server of Kerberos", "WinPR 3 Kerberos", "request", /TGT-REQ/],
    ["A13", "a state that SPNEGO does not have", "WinPR 3's Negotiate client", "choice", /choice/],
  ] as const)("%s end WinPR 3 by %s", { timeout: 300_000 }, async (_, what, name, place, found) => {
    if (!winpr3 || !third) return;
    noteProvider(winpr3);
    expect(what).not.toBe("");
    await findsFatal({ name, place, amount: kerberosAmount, found });
  });
});
