import { userInfo } from "node:os";
import { describe, expect, it } from "vitest";
import { type ClientContext, capabilities, type ServerContext } from "../../src/index.ts";
import { freshTickets } from "../live/kerberos.ts";
import { logOn, loopbackPackages, wine } from "./loopback.ts";

/** What every package of Windows answers for a complete context, as its documentation says; and what Wine does. */
const answered = wine
  ? ["sizes", "negotiationInfo"]
  : ["sizes", "names", "lifespan", "keyInfo", "packageInfo", "negotiationInfo", "flags"];

function answersOf(context: ClientContext | ServerContext): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(capabilities(context).attributes));
}

describe.each(loopbackPackages)("the attributes of a context of %s", (name) => {
  if (wine) freshTickets();

  it("are answered on both sides, or refused with a status that has a name", async () => {
    using sides = await logOn(name);
    for (const answers of [answersOf(sides.client), answersOf(sides.server)]) {
      for (const attribute of answered) expect([attribute, answers.get(attribute)]).toEqual([attribute, true]);
      const refusals = [...answers].filter(
        ([attribute, answer]) => !answered.includes(attribute) && answer !== "not asked",
      );
      expect(refusals.length).toBeGreaterThan(20);
      for (const [attribute, answer] of refusals)
        if (wine) expect([attribute, answer]).toEqual([attribute, "SEC_E_UNSUPPORTED_FUNCTION"]);
        else
          expect([attribute, answer === true || /^(SEC_E|STATUS)_[A-Z0-9_]+$/.test(`${answer}`)]).toEqual([
            attribute,
            true,
          ]);
    }
  });

  it("agree with what was agreed on", async () => {
    using sides = await logOn(name);
    for (const context of [sides.client, sides.server]) {
      expect(context.query("sizes").cbMaxToken).toBeGreaterThan(0);
      const { PackageInfo } = context.query("negotiationInfo");
      expect(["NTLM", "Kerberos", "Negotiate"]).toContain((PackageInfo as { Name?: unknown }).Name);
      if (wine) continue;
      expect(context.query("names").sUserName.toLowerCase()).toContain(userInfo().username.toLowerCase());
      const { tsStart, tsExpiry } = context.query("lifespan");
      expect([typeof tsStart, typeof tsExpiry]).not.toContain("number");
      expect(context.query("keyInfo").KeySize).toBeGreaterThanOrEqual(56);
    }
  });
});
