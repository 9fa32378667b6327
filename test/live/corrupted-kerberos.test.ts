import { beforeEach, describe, expect, it } from "vitest";
import { gssapiProvider } from "../../src/index.ts";
import { noteProvider } from "../report/tested-on.ts";
import { type CorpusRun, runCorpus } from "./corrupted-run.ts";
import { freshTickets } from "./kerberos.ts";

const provider = gssapiProvider();
const alice = "alice@EXAMPLE.TEST";

describe.each([
  ["Kerberos", ["request", "reply", "confirmation"]],
  ["Negotiate", ["request", "reply"]],
] as const)("a corrupted token of %s on GSSAPI", (name, messages) => {
  freshTickets();
  let ran: CorpusRun = { cases: [], fatal: [] };
  // Its tickets are there before each test only.
  beforeEach(async () => {
    noteProvider(provider);
    if (ran.cases.length === 0) ran = await runCorpus(provider.label, name);
  }, 300_000);

  it("never ends the process", () => {
    expect(ran.fatal).toEqual([]);
    expect(ran.cases.length).toBeGreaterThan(2_000);
  });

  it("is a typed error or a leg, at every leg of the handshake", () => {
    for (const message of messages) expect(ran.cases.filter(({ leg }) => leg === message).length).toBeGreaterThan(400);
    const answers = new Set(ran.cases.map(({ answer }) => answer));
    for (const answer of answers) expect(answer).toMatch(/^(SEC_E_[A-Z_]+|continue|complete)$/);
    expect([...answers]).toContain("SEC_E_INVALID_TOKEN");
  });

  it("leaves nothing alive", () => {
    expect(ran.cases.filter(({ held }) => held !== 0)).toEqual([]);
  });

  it("lets nobody in but alice, whose ticket it was", () => {
    const completed = ran.cases.filter(({ answer }) => answer === "complete");
    // Bytes that nothing depends on: most are SPNEGO's, and of the service's name, which the keytab has any key for.
    expect(completed.length).toBeLessThan(ran.cases.length / 20);
    for (const { leg, who } of completed) expect([leg, who]).toEqual([leg, leg === "reply" ? undefined : alice]);
  });
});
