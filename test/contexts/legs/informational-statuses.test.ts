import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ISC_RET_STREAM } from "../../../generated/sspi/constants.ts";
import {
  SEC_E_EXT_BUFFER_TOO_SMALL,
  SEC_E_OK,
  SEC_I_CONTINUE_NEEDED,
  SEC_I_CONTINUE_NEEDED_MESSAGE_OK,
  SEC_I_GENERIC_EXTENSION_RECEIVED,
  SEC_I_MESSAGE_FRAGMENT,
} from "../../../generated/status/constants.ts";
import { ClientContext, type LegBuffer, type LegOutputRequest, ServerContext } from "../../../src/index.ts";
import { inbound, outbound, scripted } from "../../scripted/scripted.ts";
import { windowsExtension } from "../../scripted/windows-extensions.ts";

const subscribed: LegBuffer = { type: "subscribeGenericTlsExtension", extensions: [{ extension: 0x39, handshake: 1 }] };
const roomFor = (size: number): readonly LegOutputRequest[] => [{ type: "subscribeGenericTlsExtension", size }];
const hello = Buffer.from("ClientHello");

describe("a leg that received an extension of the peer, as Windows answers it", () => {
  it("C2 a leg that received an extension shows it, and goes on without a token on the same context, with the same input", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), (content) => {
        fc.pre(content.some((byte) => byte !== 0));
        const leg = windowsExtension(content);
        const sspi = scripted({ legs: [leg, leg, { status: SEC_E_OK }] });
        using credential = inbound(sspi);
        using server = new ServerContext(credential, { buffers: [subscribed] });
        expect(server.stepSync(hello, { output: roomFor(400) })).toEqual({
          status: "extension-received",
          code: "SEC_I_GENERIC_EXTENSION_RECEIVED",
          output: [{ type: "subscribeGenericTlsExtension", bytes: Buffer.from(content) }],
        });
        expect(server.stepSync(undefined as never)).toMatchObject({ status: "continue", token: Buffer.from("token") });
        expect(server.stepSync(Buffer.from("Finished"))).toMatchObject({ status: "complete" });
        const contexts = sspi.legs.map(({ context }) => context);
        expect([contexts[0], contexts[1] === contexts[2], contexts[1] === undefined]).toEqual([undefined, true, false]);
      }),
      { numRuns: 20 },
    );
  });

  it("goes on in the middle of a client's exchange, with the input that the step is given again", async () => {
    const leg = windowsExtension(Buffer.from("parameters"));
    const sspi = scripted({ legs: [{ status: SEC_I_CONTINUE_NEEDED }, leg, leg, { status: SEC_E_OK }] });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    await client.step();
    const options = { buffers: [subscribed], output: roomFor(64) };
    const received = await client.step(Buffer.from("EncryptedExtensions"), options);
    expect(received.output?.[0]?.bytes.toString()).toBe("parameters");
    expect((await client.step(undefined, options)).status).toBe("continue");
    expect((await client.step(Buffer.from("Finished"))).status).toBe("complete");
    expect(sspi.legs[3]?.input?.types).toEqual([2, 0]);
  });

  it("has its token for the peer, where the package wrote one", () => {
    const token = Buffer.from("already");
    using credential = inbound(scripted({ legs: [{ status: SEC_I_GENERIC_EXTENSION_RECEIVED, token }] }));
    using server = new ServerContext(credential);
    expect(server.stepSync(hello)).toEqual({
      status: "extension-received",
      code: "SEC_I_GENERIC_EXTENSION_RECEIVED",
      token,
    });
  });

  it("counts as a leg: an exchange whose package shows extensions for ever is given up", () => {
    const again = { status: SEC_I_GENERIC_EXTENSION_RECEIVED };
    using credential = inbound(scripted({ legs: [again, again, again] }));
    using server = new ServerContext(credential, { maxLegs: 3 });
    server.stepSync(hello);
    server.stepSync(undefined as never);
    server.stepSync(undefined as never);
    expect(() => server.stepSync(undefined as never)).toThrow("after 3 legs (maxLegs)");
  });
});

describe("an extension that is longer than its buffer, as Windows answers it", () => {
  it("is reported with the size that it needs, and is shown when the step is repeated with that size", () => {
    const content = Buffer.alloc(300, "x");
    const leg = windowsExtension(content);
    const sspi = scripted({ legs: [leg, leg, leg] });
    using credential = inbound(sspi);
    using server = new ServerContext(credential, { buffers: [subscribed] });
    const short = server.stepSync(hello, { output: roomFor(64) });
    expect(short).toEqual({ status: "output-too-small", code: "SEC_E_EXT_BUFFER_TOO_SMALL", needed: 300, output: [] });
    const needed = short.status === "output-too-small" ? short.needed : 0;
    const received = server.stepSync(undefined as never, { output: roomFor(needed) });
    expect(received).toMatchObject({ status: "extension-received", output: [{ bytes: content }] });
    expect(server.stepSync(undefined as never).status).toBe("continue");
  });

  it("is reported also where another output of the leg had enough room", () => {
    const sspi = scripted({ legs: [windowsExtension(Buffer.alloc(300, "x"))] });
    using credential = inbound(sspi);
    using server = new ServerContext(credential, { buffers: [subscribed] });
    const output = [...roomFor(64), { type: "alert", size: 64 }] as const;
    expect(server.stepSync(hello, { output })).toMatchObject({ status: "output-too-small", needed: 300 });
  });

  it("fails the exchange where the package does not say which size it needs", () => {
    using credential = inbound(scripted({ legs: [{ status: SEC_E_EXT_BUFFER_TOO_SMALL }] }));
    using server = new ServerContext(credential, { buffers: [subscribed] });
    expect(() => server.stepSync(hello, { output: roomFor(64) })).toThrow("SEC_E_EXT_BUFFER_TOO_SMALL");
    expect(() => server.stepSync(hello)).toThrow("the exchange has failed");
  });
});

describe("a leg that took one message of several, as Windows answers it", () => {
  it.each([undefined, Buffer.from("flight")])(
    "C2 a leg that took one message of several continues with the next one, and reports this (token: %s)",
    (token) => {
      const taken = { status: SEC_I_CONTINUE_NEEDED_MESSAGE_OK, ...(token && { token }) };
      using credential = inbound(scripted({ legs: [taken, { status: SEC_E_OK }] }));
      using server = new ServerContext(credential, { request: ["messages"] });
      expect(server.stepSync(hello)).toEqual({
        status: "continue",
        code: "SEC_I_CONTINUE_NEEDED_MESSAGE_OK",
        token: token ?? Buffer.alloc(0),
      });
      expect(server.stepSync(Buffer.from("Finished")).status).toBe("complete");
    },
  );

  it("C2 a leg that made a message fails where it is a fragment of a datagram: nothing here asks for DTLS", () => {
    const sspi = scripted({ legs: [{ status: SEC_I_MESSAGE_FRAGMENT, token: Buffer.from("part") }] });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    expect(() => client.stepSync()).toThrow(expect.objectContaining({ code: "SEC_I_MESSAGE_FRAGMENT" }));
    expect(sspi.count("DeleteSecurityContext")).toBe(1);
  });
});

describe("a first leg that succeeds and makes no context, as Windows does before a client has shown its cookie", () => {
  const without = {
    status: SEC_I_CONTINUE_NEEDED,
    token: Buffer.from("HelloVerifyRequest"),
    withoutHandle: true,
  } as const;

  it("is followed by a leg without a context, and no context is deleted that never existed", () => {
    const sspi = scripted({ legs: [without, without, { status: SEC_E_OK, attributes: ISC_RET_STREAM }] });
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    expect(server.stepSync(hello)).toMatchObject({ status: "continue", token: Buffer.from("HelloVerifyRequest") });
    expect(() => server.query("sizes")).toThrow("there is no context before the first step succeeded");
    server.stepSync(hello);
    expect(server.stepSync(hello).status).toBe("complete");
    expect(sspi.legs.map(({ context }) => context)).toEqual([undefined, undefined, undefined]);
    server.close();
    expect(sspi.count("DeleteSecurityContext")).toBe(1);
  });

  it("leaves nothing to delete when the context is closed", () => {
    const sspi = scripted({ legs: [without] });
    using credential = inbound(sspi);
    {
      using server = new ServerContext(credential);
      server.stepSync(hello);
    }
    expect(sspi.count("DeleteSecurityContext")).toBe(0);
  });

  it("does not complete the exchange: there would be no context to protect messages with", () => {
    using credential = outbound(scripted({ legs: [{ status: SEC_E_OK, withoutHandle: true }] }));
    using client = new ClientContext(credential);
    expect(() => client.stepSync()).toThrow(
      expect.objectContaining({
        code: "SEC_E_INTERNAL_ERROR",
        cause: expect.objectContaining({ message: "the package completed the exchange and made no context" }),
      }),
    );
  });
});
