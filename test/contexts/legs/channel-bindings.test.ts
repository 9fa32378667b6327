import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SECBUFFER_CHANNEL_BINDINGS, SECBUFFER_EMPTY, SECBUFFER_TOKEN } from "../../../generated/sspi/constants.ts";
import { SEC_CHANNEL_BINDINGS } from "../../../generated/sspi/structs.ts";
import { SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../../generated/status/constants.ts";
import { type ChannelBindings, ClientContext, ServerContext } from "../../../src/index.ts";
import { inbound, type LegCall, outbound, type ScriptedSspi, scripted } from "../../scripted/scripted.ts";

const endpoint = Buffer.concat([Buffer.from("tls-server-end-point:"), Buffer.alloc(32, 0xa5)]);

/** The bindings that a package finds in a leg's input, as it would read them. */
function bindingsOf({ input }: LegCall): ChannelBindings {
  const found = input?.all.filter((buffer) => buffer.type === SECBUFFER_CHANNEL_BINDINGS) ?? [];
  expect(found).toHaveLength(1);
  const bytes = found[0]?.bytes as Buffer;
  const head = SEC_CHANNEL_BINDINGS.read(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
  const part = (offset: number, length: number): Uint8Array => Uint8Array.from(bytes.subarray(offset, offset + length));
  expect(head.dwApplicationDataOffset + head.cbApplicationDataLength).toBe(bytes.length);
  return {
    applicationData: part(head.dwApplicationDataOffset, head.cbApplicationDataLength),
    initiator: { type: head.dwInitiatorAddrType, address: part(head.dwInitiatorOffset, head.cbInitiatorLength) },
    acceptor: { type: head.dwAcceptorAddrType, address: part(head.dwAcceptorOffset, head.cbAcceptorLength) },
  };
}

function noting(legs: number, noted: ChannelBindings[], types: (readonly number[])[] = []): ScriptedSspi {
  return scripted({
    legs: Array.from({ length: legs }, (_, index) => (call) => {
      noted.push(bindingsOf(call));
      types.push(call.input?.types ?? []);
      return { status: index === legs - 1 ? SEC_E_OK : SEC_I_CONTINUE_NEEDED };
    }),
  });
}

const none = { type: 0, address: new Uint8Array() };
const sent = { applicationData: Uint8Array.from(endpoint), initiator: none, acceptor: none };

describe("channel bindings", () => {
  it("go with every leg of a client, the first included, after the token", () => {
    const [noted, types]: [ChannelBindings[], (readonly number[])[]] = [[], []];
    using credential = outbound(noting(3, noted, types));
    using client = new ClientContext(credential, { channelBindings: { applicationData: endpoint } });
    client.stepSync();
    client.stepSync(Buffer.from("a"));
    client.stepSync(Buffer.from("b"));
    expect(noted).toEqual([sent, sent, sent]);
    const later = [SECBUFFER_TOKEN, SECBUFFER_EMPTY, SECBUFFER_CHANNEL_BINDINGS];
    expect(types).toEqual([[SECBUFFER_CHANNEL_BINDINGS], later, later]);
  });

  it("go with every leg of a server", async () => {
    const noted: ChannelBindings[] = [];
    using credential = inbound(noting(2, noted));
    using server = new ServerContext(credential, { channelBindings: { applicationData: endpoint } });
    await server.step(Buffer.from("a"));
    await server.step(Buffer.from("b"));
    expect(noted).toEqual([sent, sent]);
  });

  it("are a SEC_CHANNEL_BINDINGS that says exactly what was given", () => {
    const bytes = fc.uint8Array({ maxLength: 80 });
    const party = fc.record({ type: fc.nat(255), address: bytes });
    fc.assert(
      fc.property(bytes, party, party, (applicationData, initiator, acceptor) => {
        const noted: ChannelBindings[] = [];
        using credential = outbound(noting(1, noted));
        using client = new ClientContext(credential, { channelBindings: { applicationData, initiator, acceptor } });
        client.stepSync();
        expect(noted).toEqual([{ applicationData, initiator, acceptor }]);
      }),
    );
  });

  it("are a SEC_CHANNEL_BINDINGS_EX where the server asks to be told of the result and not to refuse", () => {
    const found: Buffer[] = [];
    const answer = Buffer.from([2, 0, 0, 0]);
    const sspi = scripted({
      legs: [
        ({ input, output }) => {
          found.push(input?.all[2]?.bytes as Buffer);
          output.fill(1, answer);
          return { status: SEC_E_OK };
        },
      ],
    });
    using credential = inbound(sspi);
    const channelBindings = { applicationData: endpoint, audit: true };
    using server = new ServerContext(credential, { channelBindings });
    const leg = server.stepSync(Buffer.from("a"), { output: [{ type: "channelBindingsResult", size: 4 }] });
    const words = [0x58454243, 1, 48, 48 + endpoint.length, 0, 0, 0, 0, 0, 0, endpoint.length, 48];
    expect(found).toEqual([Buffer.concat([Buffer.from(Uint32Array.from(words).buffer), endpoint])]);
    expect(leg.output).toEqual([{ type: "channelBindingsResult", bytes: answer }]);
    expect(() => new ServerContext(credential, { channelBindings: { ...channelBindings, audit: 1 as never } })).toThrow(
      "channelBindings.audit: expected true or false, got 1",
    );
  });

  it("are copied when the context is made: later changes of the caller's bytes have no effect", () => {
    const noted: ChannelBindings[] = [];
    using credential = outbound(noting(1, noted));
    const mine = Buffer.from(endpoint);
    using client = new ClientContext(credential, { channelBindings: { applicationData: mine } });
    mine.fill(0);
    client.stepSync();
    expect(noted).toEqual([sent]);
  });

  it("are not sent where none were given", () => {
    const sspi = scripted({
      legs: [
        ({ input }) => {
          expect(input?.types).toEqual([SECBUFFER_TOKEN, SECBUFFER_EMPTY]);
          return { status: SEC_E_OK };
        },
      ],
    });
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    server.stepSync(Buffer.from("a"));
    expect(sspi.legs).toHaveLength(1);
  });

  it("of a wrong type are refused by name", () => {
    using credential = outbound(scripted());
    const make = (channelBindings: unknown) => () =>
      new ClientContext(credential, { channelBindings: channelBindings as never });
    expect(make({ applicationData: "tls-unique:" })).toThrow(/^channelBindings.applicationData: expected a Uint8Array/);
    expect(make({})).toThrow(/^channelBindings.applicationData: /);
    expect(make({ applicationData: endpoint, initiator: { type: -1, address: endpoint } })).toThrow(
      /^channelBindings.initiator.type: /,
    );
    expect(make({ applicationData: endpoint, acceptor: { type: 2, address: "::1" } })).toThrow(
      /^channelBindings.acceptor.address: /,
    );
  });

  it.each([
    ["client", { sendsBindings: ["Other"] }, "does not send them"],
    ["server", { enforcesBindings: [] }, "lets clients in that bound themselves to another connection"],
  ] as const)(
    "B1 a %s is refused where its provider enforces no bindings, unless that is accepted",
    (party, traits, lack) => {
      const sspi = scripted({ traits });
      using credential = party === "client" ? outbound(sspi) : inbound(sspi);
      const make = (channelBindings: ChannelBindings): void =>
        void (party === "client"
          ? new ClientContext(credential, { channelBindings }).close()
          : new ServerContext(credential, { channelBindings }).close());
      const message = `channelBindings: ${credential.package} of ${sspi.provider.label} ${lack}; accept that with acceptUnenforced`;
      expect(() => make({ applicationData: endpoint })).toThrow(new RangeError(message));
      expect(() => make({ applicationData: endpoint, acceptUnenforced: false })).toThrow(new RangeError(message));
      make({ applicationData: endpoint, acceptUnenforced: true });
      expect(() => make({ applicationData: endpoint, acceptUnenforced: 1 as never })).toThrow(
        new TypeError("channelBindings.acceptUnenforced: expected true or false, got 1"),
      );
      expect(sspi.legs).toEqual([]);
    },
  );
});
