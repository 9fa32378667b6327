import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../../generated/status/constants.ts";
import { ClientContext, ServerContext } from "../../../src/index.ts";
import { inbound, outbound, scripted } from "../../scripted/scripted.ts";

const endless = { legs: Array(100).fill({ status: SEC_I_CONTINUE_NEEDED }) };

describe("an exchange that does not end", () => {
  it("is given up after as many legs as it may have, before the package is called again, and its context deleted", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), (maxLegs) => {
        const sspi = scripted(endless);
        using credential = inbound(sspi);
        using server = new ServerContext(credential, { maxLegs });
        for (let leg = 0; leg < maxLegs; leg += 1) server.stepSync(Buffer.from("again"));
        expect(() => server.stepSync(Buffer.from("again"))).toThrow(
          expect.objectContaining({
            code: "SSPI_STATE",
            message: expect.stringContaining(`after ${maxLegs} legs (maxLegs)`),
          }),
        );
        expect(sspi.legs).toHaveLength(maxLegs);
        expect(sspi.calls.at(-1)).toBe("DeleteSecurityContext");
      }),
      { numRuns: 20 },
    );
  });

  it("is given up after 64 legs by default, off the event loop too", async () => {
    const sspi = scripted(endless);
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    await client.step();
    for (let leg = 1; leg < 64; leg += 1) await client.step(Buffer.from("again"));
    await expect(client.step(Buffer.from("again"))).rejects.toThrow("after 64 legs");
    expect(sspi.count("DeleteSecurityContext")).toBe(1);
  });

  it("may be complete in its last leg", () => {
    using credential = outbound(scripted({ legs: [{ status: SEC_I_CONTINUE_NEEDED }, { status: SEC_E_OK }] }));
    using client = new ClientContext(credential, { maxLegs: 2 });
    client.stepSync();
    expect(client.stepSync(Buffer.from("answer")).status).toBe("complete");
  });
});
