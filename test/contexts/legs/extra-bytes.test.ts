import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SEC_E_INCOMPLETE_MESSAGE, SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../../generated/status/constants.ts";
import { ClientContext, ServerContext } from "../../../src/index.ts";
import { inbound, type LegCall, outbound, scripted } from "../../scripted/scripted.ts";

describe("bytes after the token", () => {
  it("ISC-12 come back to the caller, all of them and no others", () => {
    const message = fc.tuple(
      fc.uint8Array({ minLength: 1, maxLength: 64 }),
      fc.uint8Array({ minLength: 1, maxLength: 64 }),
    );
    fc.assert(
      fc.property(message, ([token, rest]) => {
        const sspi = scripted({ legs: [{ status: SEC_I_CONTINUE_NEEDED }, { status: SEC_E_OK, extra: rest.length }] });
        using credential = outbound(sspi);
        using client = new ClientContext(credential);
        client.stepSync();
        const leg = client.stepSync(Buffer.concat([token, rest]));
        expect(leg).toEqual({ status: "complete", code: "SEC_E_OK", extra: Buffer.from(rest) });
      }),
      { numRuns: 50 },
    );
  });

  it("ASC-07 come back from the server too, and are not fed to the package again", () => {
    const seen: string[] = [];
    const sspi = scripted({
      legs: [
        ({ input }) => {
          seen.push(input?.all[0]?.bytes.toString() ?? "");
          return { status: SEC_I_CONTINUE_NEEDED, extra: 4 };
        },
        ({ input }) => {
          seen.push(input?.all[0]?.bytes.toString() ?? "");
          return { status: SEC_E_OK };
        },
      ],
    });
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    expect(server.stepSync(Buffer.from("tokenmore")).extra?.toString()).toBe("more");
    expect("extra" in server.stepSync(Buffer.from("next"))).toBe(false);
    expect(seen).toEqual(["tokenmore", "next"]);
  });

  it("ISC-12 are those of the whole message where it came in pieces", () => {
    const sspi = scripted({
      legs: [
        { status: SEC_E_INCOMPLETE_MESSAGE, missing: 3 },
        { status: SEC_E_OK, extra: 5 },
      ],
    });
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    expect(server.stepSync(Buffer.from("tok"))).not.toHaveProperty("extra");
    expect(server.stepSync(Buffer.from("en+tail")).extra?.toString()).toBe("+tail");
  });

  it("are returned as they were when the step began, even if the caller reuses the buffer meanwhile", async () => {
    const sspi = scripted({ legs: [{ status: SEC_I_CONTINUE_NEEDED, extra: 4 }] });
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    const pooled = Buffer.from("tokenmore");
    const step = server.step(pooled);
    pooled.fill("x");
    expect((await step).extra?.toString()).toBe("more");
  });

  it("are returned as they were when the step began, also those of a part of a message", async () => {
    const seen: unknown[] = [];
    const taking = (status: number) => (call: LegCall) => {
      seen.push(call.input?.all[0]?.bytes.toString());
      return { status };
    };
    const sspi = scripted({ legs: [taking(SEC_E_INCOMPLETE_MESSAGE), taking(SEC_E_OK)] });
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    const pooled = Buffer.from("tok");
    const step = server.step(pooled);
    pooled.fill("x");
    await step;
    await server.step(Buffer.from("en"));
    expect(seen).toEqual(["tok", "token"]);
  });

  it("are not returned where the whole message is kept: they would be fed to the package twice", () => {
    const legs = [{ status: SEC_E_INCOMPLETE_MESSAGE, extra: 2 }, { status: SEC_E_OK }];
    const sspi = scripted({ legs });
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    expect(server.stepSync(Buffer.from("tok"))).toEqual({
      status: "incomplete-message",
      code: "SEC_E_INCOMPLETE_MESSAGE",
    });
    server.stepSync(Buffer.from("en"));
  });

  it("are none where the package counts none, and where there was no message", () => {
    using credential = inbound(scripted({ legs: [{ status: SEC_E_OK, extra: 0 }] }));
    using server = new ServerContext(credential);
    expect("extra" in server.stepSync(Buffer.from("token"))).toBe(false);
  });

  it("are a copy: the caller's buffer may be used again", () => {
    const sspi = scripted({ legs: [{ status: SEC_E_OK, extra: 4 }] });
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    const socketBuffer = Buffer.from("tokenmore");
    const { extra } = server.stepSync(socketBuffer);
    socketBuffer.fill(0);
    expect(extra?.toString()).toBe("more");
  });

  it("are never more than the message, whatever the package says", () => {
    const sspi = scripted({ legs: [{ status: SEC_E_OK, extra: 0xffff_ffff }] });
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    expect(server.stepSync(Buffer.from("token")).extra?.toString()).toBe("token");
  });
});
