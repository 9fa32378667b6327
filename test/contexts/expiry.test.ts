import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../generated/status/constants.ts";
import { ClientContext, ServerContext } from "../../src/index.ts";
import { inbound, outbound, scripted } from "../scripted/scripted.ts";

/** A `TimeStamp` of the provider's local clock: 100 ns ticks since 1601. */
function ticks(date: Date): bigint {
  const local = Date.UTC(
    date.getFullYear(),
    date.getMonth(),
    date.getDate(),
    date.getHours(),
    date.getMinutes(),
    date.getSeconds(),
    date.getMilliseconds(),
  );
  return (BigInt(local) + 11_644_473_600_000n) * 10_000n;
}

describe("when a context expires", () => {
  it("ISC-19 is the instant that the provider's local clock shows", () => {
    const instant = fc.date({ min: new Date("1990-01-01"), max: new Date("2200-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(instant, (date) => {
        using credential = outbound(scripted({ legs: [{ status: SEC_E_OK, expiry: ticks(date) }] }));
        using client = new ClientContext(credential);
        client.stepSync();
        expect(client.expiry && ticks(client.expiry)).toBe(ticks(date));
      }),
    );
  });

  it("ISC-19 is the far future where the provider says never", () => {
    for (const never of [0x7fff_ffff_ffff_ffffn, -1n]) {
      using credential = outbound(scripted({ legs: [{ status: SEC_E_OK, expiry: never }] }));
      using client = new ClientContext(credential);
      client.stepSync();
      expect(client.expiry?.getFullYear()).toBeGreaterThan(30_000);
    }
  });

  it("ISC-19 is undefined where the provider does not say", () => {
    using credential = outbound(scripted({ legs: [{ status: SEC_E_OK }] }));
    using client = new ClientContext(credential);
    client.stepSync();
    expect(client.expiry).toBeUndefined();
  });

  it("ISC-19 ASC-11 is not read before the exchange is complete, whatever earlier legs wrote", () => {
    const [early, late] = [new Date("2001-02-03T04:05:06Z"), new Date("2031-02-03T04:05:06Z")];
    const sspi = scripted({
      legs: [
        { status: SEC_I_CONTINUE_NEEDED, expiry: ticks(early) },
        { status: SEC_E_OK, expiry: ticks(late) },
      ],
    });
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    server.stepSync(Buffer.from("a"));
    expect(server.expiry).toBeUndefined();
    server.stepSync(Buffer.from("b"));
    expect(server.expiry).toEqual(late);
  });

  it("ISC-19 is not taken from an earlier leg where the last leg does not say", () => {
    const early = { status: SEC_I_CONTINUE_NEEDED, expiry: ticks(new Date()), attributes: 0x2 };
    using credential = inbound(scripted({ legs: [early, { status: SEC_E_OK }] }));
    using server = new ServerContext(credential);
    server.stepSync(Buffer.from("a"));
    server.stepSync(Buffer.from("b"));
    expect([server.expiry, server.flags]).toEqual([undefined, "unknown"]);
  });
});
