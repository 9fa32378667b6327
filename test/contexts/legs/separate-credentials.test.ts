import { describe, expect, it } from "vitest";
import {
  SEC_E_INVALID_TOKEN,
  SEC_E_LOGON_DENIED,
  SEC_E_OK,
  SEC_I_CONTINUE_NEEDED,
} from "../../../generated/status/constants.ts";
import { ClientContext, live, ServerContext } from "../../../src/index.ts";
import { inbound, outbound, scripted } from "../../scripted/scripted.ts";

const going = { status: SEC_I_CONTINUE_NEEDED, token: Buffer.from("challenge") };
const done = { status: SEC_E_OK };
const message = Buffer.from("message");
const traits = { sharesInboundCredentials: [] };

const steps = [
  ["on the event loop", async (server: ServerContext) => server.stepSync(message)],
  ["off the event loop", (server: ServerContext) => server.step(message)],
] as const;

describe("servers of a package that mixes up the contexts of one credential", () => {
  it.each(steps)("B6 have a credential each, from their first leg until they are closed, %s", async (_, step) => {
    const sspi = scripted({ traits, legs: [going, going, done, done] });
    using credential = inbound(sspi);
    const [first, second] = [new ServerContext(credential), new ServerContext(credential)];
    expect(sspi.acquisitions).toHaveLength(1);
    for (const server of [first, second, second, first]) await step(server);
    const used = sspi.legs.map((leg) => leg.credential);
    expect([used[0], used[1]]).toEqual([used[3], used[2]]);
    expect(new Set([...used, 1]).size).toBe(3);
    expect([sspi.acquisitions.length, live().credentials]).toEqual([3, 3]);
    expect(sspi.acquisitions[1]).toEqual(sspi.acquisitions[0]);
    first.close();
    expect(live().credentials).toBe(2);
    second.close();
    expect([live().credentials, sspi.count("FreeCredentialsHandle")]).toEqual([1, 2]);
  });

  it("B6 share it where the package keeps its contexts apart", () => {
    for (const shares of ["all", ["SCRIPTED"]] as const) {
      const sspi = scripted({ traits: { sharesInboundCredentials: shares }, legs: [done, done] });
      using credential = inbound(sspi);
      for (let count = 0; count < 2; count += 1) {
        using server = new ServerContext(credential);
        server.stepSync(message);
      }
      expect([sspi.acquisitions.length, sspi.legs.map((leg) => leg.credential)]).toEqual([1, [1, 1]]);
    }
  });

  it("share it with no client, which no peer could be mixed up with", () => {
    const sspi = scripted({ traits, legs: [done] });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    client.stepSync();
    expect([sspi.acquisitions.length, sspi.legs[0]?.credential]).toEqual([1, 1]);
  });

  it.each(steps)("release it once where the first leg fails, %s", async (_, step) => {
    const sspi = scripted({ traits, legs: [{ status: SEC_E_INVALID_TOKEN }] });
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    await expect(step(server)).rejects.toThrow("SEC_E_INVALID_TOKEN");
    expect([sspi.count("FreeCredentialsHandle"), live().credentials]).toEqual([1, 1]);
  });

  it("take no leg where none can be acquired, and try that again with the next", () => {
    let refuses = false;
    const acquire = (): number => (refuses ? SEC_E_LOGON_DENIED : SEC_E_OK);
    const sspi = scripted({ traits, acquire, legs: [done] });
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    refuses = true;
    expect(() => server.stepSync(message)).toThrow(expect.objectContaining({ operation: "AcquireCredentialsHandleW" }));
    expect(sspi.legs).toHaveLength(0);
    refuses = false;
    expect(server.stepSync(message).status).toBe("complete");
  });

  it("B6 have another one of another credential that they are given", () => {
    const sspi = scripted({ traits, legs: [going, done] });
    using credential = inbound(sspi);
    using other = inbound(sspi);
    const server = new ServerContext(credential);
    server.stepSync(message);
    server.useCredential(other);
    server.stepSync(message);
    const [first, second] = sspi.legs.map((leg) => leg.credential);
    expect(new Set([1, 2, first, second]).size).toBe(4);
    expect(sspi.count("FreeCredentialsHandle")).toBe(0);
    server.close();
    expect([sspi.released.at(-3), live().credentials]).toEqual(["DeleteSecurityContext", 2]);
  });
});
