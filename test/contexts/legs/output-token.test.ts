import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ASC_REQ_ALLOCATE_MEMORY,
  ISC_REQ_ALLOCATE_MEMORY,
  SECBUFFER_TOKEN,
} from "../../../generated/sspi/constants.ts";
import {
  SEC_E_INVALID_TOKEN,
  SEC_E_LOGON_DENIED,
  SEC_E_OK,
  SEC_I_COMPLETE_NEEDED,
  SEC_I_CONTINUE_NEEDED,
  SEC_I_INCOMPLETE_CREDENTIALS,
} from "../../../generated/status/constants.ts";
import { ClientContext, ServerContext } from "../../../src/index.ts";
import { complete, inbound, outbound, scripted } from "../../scripted/scripted.ts";
import { thrownBy } from "../../thrown-by.ts";

describe("the output token without allocateMemory", () => {
  it("ISC-06 goes to one buffer of the package's cbMaxToken, and no memory of the package is freed", () => {
    const sspi = scripted({
      maxToken: 12_345,
      legs: [
        ({ output }) => {
          expect(output.all).toMatchObject([{ type: SECBUFFER_TOKEN, size: 12_345 }]);
          expect(output.all[0]?.address).not.toBe(0n);
          return { status: SEC_E_OK, token: Buffer.from("t") };
        },
      ],
    });
    using credential = outbound(sspi);
    const freedBefore = sspi.count("FreeContextBuffer");
    using client = new ClientContext(credential);
    client.stepSync();
    expect(sspi.count("FreeContextBuffer")).toBe(freedBefore);
  });

  it("ISC-21 reaches the caller byte for byte, up to a full buffer", () => {
    const sizes = fc.constantFrom(1, 2, 128, 255, 256);
    const tokens = sizes.chain((size) => fc.uint8Array({ minLength: size, maxLength: size }));
    fc.assert(
      fc.property(tokens, (token) => {
        // A buffer that is full of zeros is one that the package has left unchanged.
        fc.pre(token.some((byte) => byte !== 0));
        using credential = outbound(scripted({ maxToken: 256, legs: [{ status: SEC_I_CONTINUE_NEEDED, token }] }));
        using client = new ClientContext(credential);
        expect(client.stepSync()).toMatchObject({ token: Buffer.from(token) });
      }),
    );
  });

  it("is a token also where it is zeros that do not fill the buffer", () => {
    using credential = outbound(scripted({ maxToken: 64, legs: [{ status: SEC_E_OK, token: Buffer.alloc(63) }] }));
    using client = new ClientContext(credential);
    expect(client.stepSync()).toMatchObject({ token: Buffer.alloc(63) });
  });

  it("of a failed leg is none where it fills the buffer: a package may leave the size that it was given", () => {
    for (const size of [63, 64]) {
      const token = Buffer.alloc(size, "t");
      using credential = outbound(scripted({ maxToken: 64, legs: [{ status: SEC_E_LOGON_DENIED, token }] }));
      using client = new ClientContext(credential);
      expect(thrownBy(() => client.stepSync()).token).toEqual(size === 63 ? token : undefined);
    }
  });

  it("is a copy: a later leg does not change it", () => {
    const sspi = scripted({
      legs: ["first", "other"].map((text) => ({ status: SEC_I_CONTINUE_NEEDED, token: Buffer.from(text) })),
    });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    const first = client.stepSync();
    client.stepSync(Buffer.from("answer"));
    expect(first).toMatchObject({ token: Buffer.from("first") });
  });

  it.each([
    ["completes the context", SEC_E_OK],
    ["goes on", SEC_I_CONTINUE_NEEDED],
    ["wants another credential", SEC_I_INCOMPLETE_CREDENTIALS],
  ])("D1 holds nothing of other contexts where a leg that %s leaves its buffer as it was given", (_what, status) => {
    using other = complete(scripted({ maxToken: 2000, sizes: { trailer: 16, signature: 16 }, sign: () => SEC_E_OK }));
    other.sign(Buffer.alloc(1500, "another's plaintext"));
    using credential = outbound(scripted({ maxToken: 2000, legs: [{ status, leaveOutput: true }] }));
    using client = new ClientContext(credential);
    const leg = client.stepSync();
    expect("token" in leg ? leg.token : undefined).toSatisfy(
      (token?: Buffer) => token === undefined || token.length === 0,
    );
  });

  it("D1 has zeros where the package says that it wrote more than it did", () => {
    using other = complete(scripted({ maxToken: 64, sizes: { trailer: 16, signature: 16 }, sign: () => SEC_E_OK }));
    other.sign(Buffer.alloc(200, "p"));
    const lying = scripted({
      maxToken: 64,
      legs: [
        ({ output }) => {
          output.fill(0, Buffer.from("four"));
          output.change(0, { size: 40 });
          return { status: SEC_E_OK, leaveOutput: true };
        },
      ],
    });
    using credential = outbound(lying);
    using client = new ClientContext(credential);
    expect(client.stepSync()).toMatchObject({ token: Buffer.concat([Buffer.from("four"), Buffer.alloc(36)]) });
  });

  const outside: readonly [string, { readonly size: number; readonly address?: bigint }][] = [
    ["claims more bytes than its buffer had", { size: 65 }],
    ["names bytes elsewhere", { size: 10, address: 4096n }],
    ["names bytes at NULL", { size: 10, address: 0n }],
  ];

  describe.each(outside)("where the package %s", (_what, change) => {
    const naming = (status: number) =>
      scripted({
        maxToken: 64,
        legs: [
          ({ output }) => {
            output.change(0, change);
            return { status, leaveOutput: true };
          },
        ],
      });

    it.each([
      ["completes the context", SEC_E_OK],
      ["goes on", SEC_I_CONTINUE_NEEDED],
      ["wants another credential", SEC_I_INCOMPLETE_CREDENTIALS],
    ])("D2 fails a leg that %s, and the context with it", (_outcome, status) => {
      const sspi = naming(status);
      using credential = outbound(sspi);
      using client = new ClientContext(credential);
      expect(thrownBy(() => client.stepSync())).toMatchObject({
        code: "SEC_E_INTERNAL_ERROR",
        operation: "InitializeSecurityContextW",
        cause: { message: expect.stringMatching(/^the package named output of (65|10) bytes outside its room of 64$/) },
      });
      expect(client.closed).toBe(true);
      expect(sspi.count("DeleteSecurityContext")).toBe(1);
    });

    it("D2 fails a leg off the event loop in the same way", async () => {
      using credential = outbound(naming(SEC_E_OK));
      using client = new ClientContext(credential);
      await expect(client.step()).rejects.toMatchObject({ code: "SEC_E_INTERNAL_ERROR" });
      expect(client.closed).toBe(true);
    });

    it("leaves a failure its own status, without a token", () => {
      using credential = outbound(naming(SEC_E_INVALID_TOKEN));
      using client = new ClientContext(credential);
      const error = thrownBy(() => client.stepSync());
      expect(error.code).toBe("SEC_E_INVALID_TOKEN");
      expect(error.token).toBeUndefined();
    });
  });
});

describe("the output token with allocateMemory", () => {
  const allocated = (status: number) => ({ status, allocated: true, token: Buffer.from("allocated") }) as const;

  it("ISC-06 ASC-04 is requested by flag without a buffer of ours, copied and freed once", () => {
    for (const side of ["client", "server"] as const) {
      const sspi = scripted({
        legs: [
          ({ output, flags }) => {
            expect(flags).toBe(side === "client" ? ISC_REQ_ALLOCATE_MEMORY : ASC_REQ_ALLOCATE_MEMORY);
            expect(output.all).toMatchObject([{ type: SECBUFFER_TOKEN, size: 0, address: 0n }]);
            return allocated(SEC_E_OK);
          },
        ],
      });
      using credential = side === "client" ? outbound(sspi) : inbound(sspi);
      const freedBefore = sspi.count("FreeContextBuffer");
      using context =
        side === "client"
          ? new ClientContext(credential, { request: ["allocateMemory"] })
          : new ServerContext(credential, { request: ["allocateMemory"] });
      expect(context.stepSync(Buffer.from("peer"))).toMatchObject({ token: Buffer.from("allocated") });
      expect(sspi.count("FreeContextBuffer") - freedBefore).toBe(1);
    }
  });

  it("goes to a buffer of ours where the package would not allocate it, and the flag is not sent", () => {
    const sspi = scripted({
      traits: { allocatesTokens: false },
      legs: [
        ({ output, flags }) => {
          expect([flags, output.all[0]?.size]).toEqual([2, 256]);
          return { status: SEC_E_OK, token: Buffer.from("token") };
        },
      ],
    });
    using credential = outbound(sspi);
    const freedBefore = sspi.count("FreeContextBuffer");
    using client = new ClientContext(credential, { request: ["allocateMemory", "mutualAuth"] });
    expect(client.stepSync()).toMatchObject({ token: Buffer.from("token") });
    expect(sspi.count("FreeContextBuffer")).toBe(freedBefore);
  });

  it("is completed in place by CompleteAuthToken before it is copied and freed", () => {
    const sspi = scripted({
      legs: [allocated(SEC_I_COMPLETE_NEEDED)],
      complete: ({ output }) => {
        output.fill(0, Buffer.from("ALLOCATED"));
        return SEC_E_OK;
      },
    });
    using credential = outbound(sspi);
    using client = new ClientContext(credential, { request: ["allocateMemory"] });
    expect(client.stepSync()).toMatchObject({ token: Buffer.from("ALLOCATED") });
  });

  it("ISC-06 is freed once where the leg failed, and where CompleteAuthToken failed", () => {
    for (const script of [
      { legs: [allocated(SEC_E_INVALID_TOKEN)] },
      { legs: [allocated(SEC_I_COMPLETE_NEEDED)], complete: () => SEC_E_LOGON_DENIED },
    ]) {
      const sspi = scripted(script);
      using credential = outbound(sspi);
      using client = new ClientContext(credential, { request: ["allocateMemory"] });
      expect(() => client.stepSync()).toThrow(expect.objectContaining({ token: Buffer.from("allocated") }));
      expect(sspi.count("FreeContextBuffer")).toBe(2);
    }
  });

  it("ISC-06 is freed once where the completed context is refused afterwards", () => {
    const sspi = scripted({ legs: [{ ...allocated(SEC_E_OK), attributes: 0 }] });
    using credential = outbound(sspi);
    using client = new ClientContext(credential, { request: ["allocateMemory"], require: ["mutualAuth"] });
    expect(() => client.stepSync()).toThrow("mutualAuth");
    expect(sspi.count("FreeContextBuffer")).toBe(2);
  });
});
