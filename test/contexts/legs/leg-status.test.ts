import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  SEC_E_OK,
  SEC_I_COMPLETE_AND_CONTINUE,
  SEC_I_COMPLETE_NEEDED,
  SEC_I_CONTINUE_NEEDED,
  SEC_I_CONTINUE_NEEDED_MESSAGE_OK,
  SEC_I_GENERIC_EXTENSION_RECEIVED,
  SEC_I_INCOMPLETE_CREDENTIALS,
} from "../../../generated/status/constants.ts";
import { ClientContext, type Leg, ServerContext } from "../../../src/index.ts";
import { inbound, outbound, type Script, type ScriptedSspi, scripted } from "../../scripted/scripted.ts";

const token = Buffer.from("token for the peer");

/** The first leg of either side. */
const sides = [
  {
    side: "client",
    isc: ["ISC-07", "ISC-08", "ISC-09", "ISC-10", "ISC-13"],
    first: (sspi: ScriptedSspi): Leg => {
      using credential = outbound(sspi);
      using client = new ClientContext(credential);
      return client.stepSync();
    },
  },
  {
    side: "server",
    isc: ["ASC-05", "ASC-08", "ASC-08", "ASC-08", "ASC-08"],
    first: (sspi: ScriptedSspi): Leg => {
      using credential = inbound(sspi);
      using server = new ServerContext(credential);
      return server.stepSync(Buffer.from("from the client"));
    },
  },
] as const;

describe.each(sides)("a leg of the $side", ({ isc, first }) => {
  it(`${isc[0]} is complete at SEC_E_OK, with the token that still has to reach the peer`, () => {
    expect(first(scripted({ legs: [{ status: SEC_E_OK, token }] }))).toEqual({
      status: "complete",
      code: "SEC_E_OK",
      token,
    });
  });

  it(`${isc[0]} is complete at SEC_E_OK without a token where the package wrote none`, () => {
    const leg = first(scripted({ legs: [{ status: SEC_E_OK }] }));
    expect(leg).toEqual({ status: "complete", code: "SEC_E_OK" });
    expect("token" in leg).toBe(false);
  });

  it(`${isc[1]} goes on at SEC_I_CONTINUE_NEEDED, with the token to send`, () => {
    const leg = first(scripted({ legs: [{ status: SEC_I_CONTINUE_NEEDED, token }] }));
    expect(leg).toEqual({ status: "continue", code: "SEC_I_CONTINUE_NEEDED", token });
  });

  it(`${isc[1]} goes on with an empty token where the package wrote none`, () => {
    expect(first(scripted({ legs: [{ status: SEC_I_CONTINUE_NEEDED }] }))).toMatchObject({
      status: "continue",
      token: Buffer.alloc(0),
    });
  });

  it(`${isc[2]} is complete at SEC_I_COMPLETE_NEEDED after CompleteAuthToken, with the token as that left it`, () => {
    const sspi = scripted(completing(SEC_I_COMPLETE_NEEDED));
    expect(first(sspi)).toEqual({ status: "complete", code: "SEC_E_OK", token: Buffer.from("finished") });
    expect(sspi.count("CompleteAuthToken")).toBe(1);
  });

  it(`${isc[3]} goes on at SEC_I_COMPLETE_AND_CONTINUE after CompleteAuthToken, with the token as that left it`, () => {
    const sspi = scripted(completing(SEC_I_COMPLETE_AND_CONTINUE));
    expect(first(sspi)).toEqual({ status: "continue", code: "SEC_I_CONTINUE_NEEDED", token: Buffer.from("finished") });
    expect(sspi.count("CompleteAuthToken")).toBe(1);
  });

  it(`${isc[4]} says that the peer wants a certificate at SEC_I_INCOMPLETE_CREDENTIALS, and can go on`, () => {
    const leg = first(scripted({ legs: [{ status: SEC_I_INCOMPLETE_CREDENTIALS, token }] }));
    expect(leg).toEqual({ status: "incomplete-credentials", code: "SEC_I_INCOMPLETE_CREDENTIALS", token });
  });

  it("is an error at a success status that no exchange knows, never a completion", () => {
    const known: readonly number[] = [
      SEC_E_OK,
      SEC_I_CONTINUE_NEEDED,
      SEC_I_COMPLETE_NEEDED,
      SEC_I_COMPLETE_AND_CONTINUE,
      SEC_I_INCOMPLETE_CREDENTIALS,
      SEC_I_GENERIC_EXTENSION_RECEIVED,
      SEC_I_CONTINUE_NEEDED_MESSAGE_OK,
    ];
    const unknown = fc.integer({ min: 1, max: 0x7fff_ffff }).filter((status) => !known.includes(status));
    fc.assert(
      fc.property(unknown, (status) => {
        const sspi = scripted({ legs: [{ status, token }] });
        expect(() => first(sspi)).toThrow(expect.objectContaining({ name: "SspiError", status }));
        expect(sspi.released).toEqual(["FreeContextBuffer", "DeleteSecurityContext", "FreeCredentialsHandle"]);
      }),
    );
  });
});

/** A package whose token is invalid until CompleteAuthToken has completed it. */
function completing(status: number): Script {
  return {
    legs: [{ status, token: Buffer.from("unfinished") }],
    complete: ({ output }) => {
      expect(output.all[0]?.bytes.toString()).toBe("unfinished");
      output.fill(0, Buffer.from("finished"));
      return SEC_E_OK;
    },
  };
}
