import { userInfo } from "node:os";
import { describe, expect, it } from "vitest";
import { type ClientContext, capabilities, type ServerContext } from "../../src/index.ts";
import { freshTickets } from "../live/kerberos.ts";
import { logOn, loopbackPackages, wine } from "./loopback.ts";

/** The attributes that Wine supports; on Windows, only those that every use of a context needs. */
const answered = wine ? ["sizes", "negotiationInfo"] : ["sizes", "names"];
/** Documented for every package but not observed for each: the test prints them on Windows and expects nothing. */
const documented = ["lifespan", "keyInfo", "packageInfo", "negotiationInfo", "flags"];

function answersOf(context: ClientContext | ServerContext): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(capabilities(context).attributes));
}

describe.each(loopbackPackages)("the attributes of a context of %s", (name) => {
  if (wine) freshTickets();

  it("are returned on both sides or refused with a status", async () => {
    using sides = await logOn(name);
    const both = [answersOf(sides.client), answersOf(sides.server)] as const;
    if (!wine) console.table(documented.map((one) => [name, one, both[0].get(one), both[1].get(one)]));
    for (const answers of both) {
      for (const attribute of answered) expect([attribute, answers.get(attribute)]).toEqual([attribute, true]);
      const refusals = [...answers].filter(
        ([attribute, answer]) => !answered.includes(attribute) && answer !== "not asked",
      );
      expect(refusals.length).toBeGreaterThan(20);
      for (const [attribute, answer] of refusals)
        if (wine) expect([attribute, answer]).toEqual([attribute, "SEC_E_UNSUPPORTED_FUNCTION"]);
        else
          expect([attribute, answer === true || /^(0x[0-9a-f]{8}|[A-Z]+(_[A-Z0-9]+)+)$/.test(`${answer}`)]).toEqual([
            attribute,
            true,
          ]);
    }
  });

  it("agree with the result of the handshake", async () => {
    using sides = await logOn(name);
    for (const context of [sides.client, sides.server]) {
      expect(context.query("sizes").cbMaxToken).toBeGreaterThan(0);
      const answers = answersOf(context);
      if (answers.get("negotiationInfo") === true) {
        const { PackageInfo } = context.query("negotiationInfo");
        expect(["NTLM", "Kerberos", "Negotiate"]).toContain((PackageInfo as { Name?: unknown }).Name);
      }
      if (wine) continue;
      expect(context.query("names").sUserName.toLowerCase()).toContain(userInfo().username.toLowerCase());
      if (answers.get("lifespan") === true) {
        const { tsStart, tsExpiry } = context.query("lifespan");
        expect([typeof tsStart, typeof tsExpiry]).not.toContain("number");
      }
      if (answers.get("keyInfo") === true) expect(context.query("keyInfo").KeySize).toBeGreaterThanOrEqual(56);
    }
  });
});
