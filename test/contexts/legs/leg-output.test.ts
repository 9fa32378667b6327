import { describe, expect, it } from "vitest";
import { SECBUFFER_TOKEN } from "../../../generated/sspi/constants.ts";
import { SEC_E_LOGON_DENIED, SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../../generated/status/constants.ts";
import { ClientContext, ServerContext } from "../../../src/index.ts";
import { inbound, type LegAnswer, type LegCall, outbound, scripted } from "../../scripted/scripted.ts";
import { thrownBy } from "../../thrown-by.ts";

const going = { status: SEC_I_CONTINUE_NEEDED };
const done = { status: SEC_E_OK };

describe("output that a leg asks for", () => {
  const alert = Buffer.from([21, 3, 3, 0, 2, 2, 40]);
  /** Fills the second output buffer. */
  const filling =
    (answer: LegAnswer, content: Buffer | undefined) =>
    ({ output }: LegCall): LegAnswer => {
      if (content) output.fill(1, content);
      return answer;
    };

  it("is read back by type, without the buffers that the package left unchanged", () => {
    const sspi = scripted({ legs: [filling(done, alert)] });
    using credential = outbound(sspi);
    using context = new ClientContext(credential);
    const output = [
      { type: "alert", size: 64 },
      { type: "trafficSecrets", size: 100 },
    ] as const;
    const leg = context.stepSync(undefined, { output });
    expect(leg.output).toEqual([{ type: "alert", bytes: alert }]);
    expect(sspi.legs[0]?.output.all.map(({ type }) => type)).toEqual([SECBUFFER_TOKEN, 17, 28]);
  });

  it("is absent where the package leaves it unchanged, whatever the same memory held in earlier calls", () => {
    const leaves = { ...done, leaveOutput: true } as const;
    const sspi = scripted({ maxToken: 64, legs: [going, leaves, going, leaves] });
    using credential = inbound(sspi);
    for (const size of [64, 1000]) {
      using earlier = new ServerContext(credential);
      earlier.stepSync(Buffer.alloc(5000, "an earlier token"));
      using context = new ServerContext(credential);
      const output = [
        { type: "trafficSecrets", size },
        { type: "alert", size },
      ] as const;
      expect(context.stepSync(Buffer.from("a"), { output }).output).toEqual([]);
    }
  });

  it.each([
    ["more bytes than its room has", { size: 65 }],
    ["bytes elsewhere", { size: 7, address: 4096n }],
  ])("D2 fails the leg and the context where the package names %s", (_what, change) => {
    const naming = ({ output }: LegCall): LegAnswer => {
      output.change(1, change);
      return done;
    };
    using credential = outbound(scripted({ legs: [naming] }));
    using context = new ClientContext(credential);
    const step = () => context.stepSync(undefined, { output: [{ type: "alert", size: 64 }] });
    expect(thrownBy(step)).toMatchObject({
      code: "SEC_E_INTERNAL_ERROR",
      cause: { message: `the package named output of ${change.size} bytes outside its room of 64` },
    });
    expect(context.closed).toBe(true);
  });

  it("is the package's allocation where the package allocates, and is freed", () => {
    const sspi = scripted({
      legs: [
        ({ output }) => {
          output.change(1, { address: sspi.heap.allocate(alert), size: alert.length });
          return { ...done, leaveOutput: true };
        },
      ],
    });
    using credential = outbound(sspi);
    using context = new ClientContext(credential, { request: ["allocateMemory"] });
    const leg = context.stepSync(undefined, { output: [{ type: "alert", size: 0 }] });
    expect(leg.output).toEqual([{ type: "alert", bytes: alert }]);
  });

  it("is absent where the package allocates and wrote no address", () => {
    using credential = outbound(scripted({ legs: [{ ...done, leaveOutput: true }] }));
    using context = new ClientContext(credential, { request: ["allocateMemory"] });
    const leg = context.stepSync(undefined, { output: [{ type: "alert", size: 0 }] });
    expect([leg.output, leg.token]).toEqual([[], undefined]);
  });

  it("is what the package wrote, also where that is zeros that do not fill the room, or no byte is zero", () => {
    for (const content of [Buffer.alloc(4), Buffer.alloc(8, 1), Buffer.concat([Buffer.alloc(7), Buffer.of(1)])]) {
      using credential = outbound(scripted({ legs: [filling(done, content)] }));
      using context = new ClientContext(credential);
      const leg = context.stepSync(undefined, { output: [{ type: "alert", size: 8 }] });
      expect(leg.output).toEqual([{ type: "alert", bytes: content }]);
    }
  });

  it("is as many as three buffers of up to 64 KiB, each with its own room", () => {
    const contents = [65536, 1, 100].map((size) => Buffer.alloc(size, String(size)));
    const filled = ({ output }: LegCall): LegAnswer => {
      for (const [index, content] of contents.entries()) output.fill(index + 1, content);
      return done;
    };
    using credential = outbound(scripted({ legs: [filled] }));
    using context = new ClientContext(credential);
    const asking = (size: number) => () =>
      context.stepSync(undefined, {
        output: [
          { type: "alert", size },
          { type: "appSessionState", size: 1 },
          { type: "sessionTicket", size: 101 },
        ],
      });
    expect(asking(65537)).toThrow("output[0].size: expected an integer from 0 to 65536, got 65537");
    const { output = [] } = asking(65536)();
    expect(output.map(({ type, bytes }, index) => [type, contents[index]?.equals(bytes)])).toEqual([
      ["alert", true],
      ["appSessionState", true],
      ["sessionTicket", true],
    ]);
  });

  it.each([
    [undefined, alert],
    [Buffer.from("token"), Buffer.from("token")],
  ])("an alert, is the failure's message for the peer where there is no token (%j)", (token, expected) => {
    const answer = { status: SEC_E_LOGON_DENIED, ...(token && { token }) };
    const sspi = scripted({ legs: [filling(answer, alert)] });
    using credential = inbound(sspi);
    using context = new ServerContext(credential);
    const step = (): unknown => context.stepSync(Buffer.from("a"), { output: [{ type: "alert", size: 64 }] });
    expect(step).toThrow(expect.objectContaining({ code: "SEC_E_LOGON_DENIED", token: expected }));
  });

  it.each<[unknown, string]>([
    ["alert", "output: expected an array of buffers, got a string of 5 characters"],
    [[null], "output[0]: expected { type, size }, got null"],
    [[{ type: "token", size: 1 }], "output[0].type: expected one of alert"],
    [[{ type: "alert", size: -1 }], "output[0].size: expected an integer from 0 to 65536, got -1"],
    [Array(4).fill({ type: "alert", size: 1 }), "output: expected at most 3 buffers, got 4"],
  ])("is refused where it is invalid: %j", (output, message) => {
    const sspi = scripted({ legs: [done] });
    using credential = outbound(sspi);
    using context = new ClientContext(credential);
    expect(() => context.stepSync(undefined, { output: output as never })).toThrow(message);
    expect(sspi.legs).toEqual([]);
    expect(context.stepSync().output).toBeUndefined();
  });
});
