import { afterEach, describe, expect, it, vi } from "vitest";
import { SCHANNEL_SHUTDOWN } from "../../../generated/schannel/constants.ts";
import { SECBUFFER_APPLICATION_PROTOCOLS } from "../../../generated/sspi/constants.ts";
import { SchannelConnection } from "../../../src/packages/schannel/index.ts";
import { closeAll, connect, opened, peerOf, StandInSide, sealed } from "./connections.ts";

afterEach(closeAll);

const error = (code: string) => expect.objectContaining({ code });
const other = { client: "server", server: "client" } as const;
const versions = ["tls1.2", "tls1.3"] as const;
const sides = ["client", "server"] as const;
const cases = versions.flatMap((version) => sides.map((side) => ({ version, side })));
const only = (version: (typeof versions)[number]) => ({ protocols: [version] });

function control(number: number): Buffer {
  const token = Buffer.alloc(4);
  token.writeUInt32LE(number);
  return token;
}

describe.each(cases)("a connection of Schannel's stand-in as the $side, $version", ({ version, side }) => {
  const pair = () => connect(new StandInSide(side), peerOf(other[side], only(version)));

  it("has a session from its last leg on, and data goes both ways", () => {
    const { legs, session, peer } = pair();
    expect(legs.map((leg) => "session" in leg && leg.session !== undefined)).toEqual([
      ...legs.slice(1).map(() => false),
      true,
    ]);
    expect(legs.map(({ status }) => status)).toEqual([...legs.slice(1).map(() => "continue"), "complete"]);
    for (const leg of legs)
      expect(leg).toMatchObject({
        extra: 0,
        granted: ["confidentiality", "integrity", "stream", "sequenceDetect", "replayDetect"],
      });
    const { header, data, trailer } = sealed(session, "to the peer");
    expect([data.length, header.length + trailer.length > 16]).toEqual([11, true]);
    peer.feed(Buffer.concat([header, data, trailer]));
    expect(peer.open().toString()).toBe("to the peer");
    const record = peer.seal(Buffer.from("from the peer"));
    // Tickets of TLS 1.3 come before the first data.
    const answer = opened(session, Buffer.concat([record, Buffer.from("more")]));
    expect(answer).toMatchObject({ status: "data", length: record.length });
    expect(Buffer.from((answer as { data: Uint8Array }).data).toString()).toBe("from the peer");
  });

  it("says how many bytes are missing at least, and takes only one record at a time", () => {
    const { session, peer } = pair();
    const record = peer.seal(Buffer.from("a record"));
    for (const length of [0, 4])
      expect(opened(session, record.subarray(0, length))).toEqual({
        status: "incomplete-message",
        missing: 5 - length,
      });
    for (const length of [5, record.length - 1])
      expect(opened(session, record.subarray(0, length))).toEqual({
        status: "incomplete-message",
        missing: record.length - length,
      });
    const second = peer.seal(Buffer.from("and another"));
    expect(opened(session, Buffer.concat([record, second]))).toMatchObject({ status: "data", length: record.length });
    expect(opened(session, second)).toMatchObject({ status: "data", length: second.length });
  });

  it("seals from 1 byte to the longest record, and neither nothing nor more", () => {
    const { session, peer } = pair();
    const most = session.query?.streamSizes?.().cbMaximumMessage as number;
    expect(most).toBe(16_384);
    for (const size of [0, most + 1])
      expect(() => sealed(session, Buffer.alloc(size))).toThrow(error("SEC_E_INVALID_PARAMETER"));
    for (const size of [1, most]) {
      const { header, data, trailer } = sealed(session, Buffer.alloc(size, 0x61));
      expect(data).toHaveLength(size);
      peer.feed(Buffer.concat([header, data, trailer]));
      expect(peer.open()).toEqual(Buffer.alloc(size, 0x61));
    }
  });

  it("is told with SEC_I_CONTEXT_EXPIRED's status that the peer has closed it", () => {
    const { session, peer } = pair();
    peer.goodbye();
    const record = peer.take();
    expect(opened(session, record)).toEqual({ status: "closed", length: record.length });
  });

  it("closes itself with SCHANNEL_SHUTDOWN and no other control token, in the next leg, once", () => {
    const { ours, context, peer } = pair();
    const { applyControlToken } = ours.definition;
    for (const token of [Buffer.alloc(0), control(SCHANNEL_SHUTDOWN).subarray(0, 3), control(SCHANNEL_SHUTDOWN + 1)])
      expect(() => applyControlToken?.({ context, token })).toThrow(error("SEC_E_UNSUPPORTED_FUNCTION"));
    expect(context.closing).toBe(false);
    expect(applyControlToken?.({ context, token: control(SCHANNEL_SHUTDOWN) })).toBe(context);
    const leg = ours.leg({ context });
    expect(leg).toMatchObject({ status: "complete", context, granted: expect.arrayContaining(["stream"]) });
    peer.feed((leg as { token: Uint8Array }).token);
    expect(peer.open()).toHaveLength(0);
    expect(peer.closed).toBe(true);
    expect(context.closing).toBe(false);
  });

  it("reports a record that was changed on the way as SEC_E_DECRYPT_FAILURE, with the alert for the peer", () => {
    const { session, peer } = pair();
    const record = peer.seal(Buffer.from("changed"));
    record[record.length - 1] = (record.at(-1) as number) ^ 1;
    expect(() => opened(session, record)).toThrow(
      expect.objectContaining({ code: "SEC_E_DECRYPT_FAILURE", token: expect.any(Uint8Array) }),
    );
  });

  it("agrees on an application protocol, and reports none where nobody offers one", () => {
    const bytes = Buffer.from("\x09\0\0\0\x02\0\0\0\x03\0\x02h2", "latin1");
    const buffers = [{ type: SECBUFFER_APPLICATION_PROTOCOLS, bytes }];
    const peer = peerOf(other[side], { ...only(version), alpn: ["h2"] });
    const { session } = connect(new StandInSide(side), peer, { buffers });
    const protocol = session.query?.applicationProtocol?.();
    expect(protocol).toMatchObject({ ProtoNegoStatus: 1, ProtoNegoExt: 2, ProtocolIdSize: 2 });
    expect(Buffer.from(protocol?.ProtocolId as Uint8Array)).toEqual(
      Buffer.concat([Buffer.from("h2"), Buffer.alloc(253)]),
    );
    expect(pair().session.query?.applicationProtocol?.()).toMatchObject({ ProtoNegoStatus: 0, ProtocolIdSize: 0 });
  });

  it("is closed and forgotten when it is deleted", () => {
    const { ours, context, legs } = pair();
    ours.definition.deleteContext?.(context);
    expect(() => ours.session(legs.at(-1) as never)).toThrow(error("SEC_E_INVALID_TOKEN"));
    expect(() => context.engine.take()).toThrow();
  });

  it("needs nothing to be initialised again, but no input either", () => {
    const { ours, context, peer } = pair();
    const leg = ours.leg({ context, token: Buffer.alloc(0) });
    expect(leg).toMatchObject({ status: "complete", extra: 0, token: Buffer.alloc(0) });
    expect("session" in leg).toBe(false);
    expect(() => ours.leg({ context, token: peer.seal(Buffer.from("x")) })).toThrow(error("SEC_E_DECRYPT_FAILURE"));
  });

  it("waits for a whole record in its first leg, of which nothing is kept", () => {
    const peer = peerOf(other[side], only(version));
    const ours = new StandInSide(side);
    if (side === "server") peer.handshake();
    const first = ours.leg(side === "client" ? {} : { token: peer.take().subarray(0, 20) });
    if (side === "client") {
      peer.feed((first as { token: Uint8Array }).token);
      peer.handshake();
      const context = ours.keep((first as { context: SchannelConnection }).context);
      expect(ours.leg({ context, token: peer.take().subarray(0, 4) })).toEqual({
        status: "incomplete-message",
        missing: 1,
      });
      return;
    }
    expect(first).toEqual({ status: "incomplete-message", missing: expect.any(Number) });
    expect((first as { missing: number }).missing).toBeGreaterThan(100);
  });
});

const suites = [
  { cipher: "ECDHE-ECDSA-CHACHA20-POLY1305", head: 5, bits: 256 },
  { cipher: "ECDHE-ECDSA-AES128-GCM-SHA256", head: 13, bits: 128 },
  { cipher: "ECDHE-ECDSA-AES256-CCM", head: 13, bits: 256 },
  { cipher: "ECDHE-ECDSA-AES128-SHA256", head: 21, bits: 128 },
];

describe.each(sides)("the records of Schannel's stand-in as the %s", (side) => {
  it.each(suites)(
    "of TLS 1.2 with $cipher have $head bytes before their data, and the sizes make room for them",
    ({ cipher, head, bits }) => {
      const peer = peerOf(other[side], { ...only("tls1.2"), ciphers: `${cipher}:@SECLEVEL=0` });
      const { session } = connect(new StandInSide(side), peer);
      expect(session.query?.streamSizes?.()).toEqual({
        cbHeader: head + 54,
        cbTrailer: 64,
        cbMaximumMessage: 16_384,
        cBuffers: 4,
        cbBlockSize: 16,
      });
      expect(session.query?.connectionInfo?.()).toEqual({
        dwProtocol: side === "client" ? 0x800 : 0x400,
        aiCipher: 0,
        dwCipherStrength: bits,
        aiHash: 0,
        dwHashStrength: 0,
        aiExch: 0,
        dwExchStrength: 0,
      });
      const { header, data, trailer } = sealed(session, "sent");
      expect(header).toHaveLength(head);
      peer.feed(Buffer.concat([header, data, trailer]));
      expect(peer.open().toString()).toBe("sent");
      expect(opened(session, peer.seal(Buffer.from("got")))).toMatchObject({ status: "data", start: head });
    },
  );

  it("of TLS 1.3 have 5 bytes before their data", () => {
    const { session } = connect(new StandInSide(side), peerOf(other[side], only("tls1.3")));
    expect(session.query?.streamSizes?.()).toMatchObject({ cbHeader: 59 });
    expect(session.query?.connectionInfo?.()).toMatchObject({ dwProtocol: side === "client" ? 0x2000 : 0x1000 });
    expect(sealed(session, "sent").header).toHaveLength(5);
  });
});

describe("a KeyUpdate that Schannel's stand-in receives", () => {
  /** A connection whose peer has updated its keys, and each time asked for new keys of this side or not. */
  function updated(...asks: readonly boolean[]) {
    const all = connect(new StandInSide("client"), peerOf("server", only("tls1.3")));
    const replaced = asks.map((askPeer) => {
      all.peer.updateKeys({ askPeer });
      const record = all.peer.take();
      const answer = opened(all.session, record) as { status: string; length: number; rewritten: Buffer };
      expect(answer).toMatchObject({ status: "renegotiate", length: record.length });
      expect(answer.rewritten).toHaveLength(record.length);
      return answer.rewritten;
    });
    return { ...all, replaced };
  }

  it.each([true, false])(
    "is answered by the next leg if the peer asked for that (%s), and the rest of the input is extra",
    (asks) => {
      const { ours, context, peer, session, replaced } = updated(asks);
      const leg = ours.leg({ context, token: Buffer.concat([...replaced, Buffer.from("rest")]) });
      expect(leg).toMatchObject({ status: "complete", extra: 4 });
      const { token } = leg as unknown as { token: Buffer };
      expect(token.length).toBe(asks ? 27 : 0);
      if (token.length > 0) peer.feed(token);
      const { header, data, trailer } = sealed(session, "with the keys");
      peer.feed(Buffer.concat([header, data, trailer]));
      expect(peer.open().toString()).toBe("with the keys");
      expect(ours.leg({ context })).toMatchObject({ status: "complete", token: Buffer.alloc(0), extra: 0 });
    },
  );

  it("is answered in front of the next data if no leg answers it before, within the header's room, and only once", () => {
    const { ours, context, peer, session, replaced } = updated(true);
    const { header, data, trailer } = sealed(session, "first");
    expect(header.length).toBe(5 + 27);
    expect(header.length).toBeLessThanOrEqual(session.query?.streamSizes?.().cbHeader as number);
    peer.feed(Buffer.concat([header, data, trailer]));
    expect(peer.open().toString()).toBe("first");
    expect(ours.leg({ context, token: replaced[0] as Buffer })).toMatchObject({ token: Buffer.alloc(0) });
  });

  it("is taken in the order in which it came, and the leg's input must begin with all of it", () => {
    const { ours, context, replaced } = updated(false, false);
    const [one, two] = replaced as [Buffer, Buffer];
    const changed = Buffer.from(one);
    changed[0] = 23;
    for (const token of [Buffer.alloc(0), one.subarray(0, -1), changed])
      expect(() => ours.leg({ context, token })).toThrow(error("SEC_E_DECRYPT_FAILURE"));
    expect(ours.leg({ context, token: Buffer.concat([one, two]) })).toMatchObject({ extra: two.length });
    expect(ours.leg({ context, token: two })).toMatchObject({ extra: 0 });
    expect(() => ours.leg({ context, token: two })).toThrow(error("SEC_E_DECRYPT_FAILURE"));
  });
});

/** A whole record of a type that TLS does not have. */
const noRecord = Buffer.of(99, 3, 1, 0, 1, 0);

describe("a leg of Schannel's stand-in that fails or waits", () => {
  it("closes the connection of a first leg, and keeps that of a later leg for its owner", () => {
    const ours = new StandInSide("server");
    const close = vi.spyOn(SchannelConnection.prototype, "close");
    expect(() => ours.leg({ token: noRecord })).toThrow(error("SEC_E_ILLEGAL_MESSAGE"));
    expect(close).toHaveBeenCalledTimes(1);
    expect(ours.leg({ token: Buffer.of(22, 3, 1) })).toEqual({ status: "incomplete-message", missing: 2 });
    expect(close).toHaveBeenCalledTimes(2);
    const peer = peerOf("client");
    peer.handshake();
    const context = ours.keep((ours.leg({ token: peer.take() }) as { context: SchannelConnection }).context);
    expect(ours.leg({ context, token: Buffer.of(22, 3, 1) })).toEqual({ status: "incomplete-message", missing: 2 });
    expect(() => ours.leg({ context, token: noRecord })).toThrow(error("SEC_E_ILLEGAL_MESSAGE"));
    expect(close).toHaveBeenCalledTimes(2);
    close.mockRestore();
  });

  it("has no session of a connection whose first leg had no whole record", () => {
    const ours = new StandInSide("server");
    ours.leg({ token: Buffer.of(22, 3, 1) });
    const session = Buffer.alloc(8);
    session.writeBigUInt64LE(1n);
    expect(() => ours.session({ status: "complete", session } as never)).toThrow(error("SEC_E_INVALID_TOKEN"));
  });

  it("leaves a record that is not whole to the next leg, as extra bytes", () => {
    const ours = new StandInSide("client");
    const peer = peerOf("server", only("tls1.3"));
    const first = ours.leg({}) as { context: SchannelConnection; token: Uint8Array };
    const context = ours.keep(first.context);
    peer.feed(first.token);
    peer.handshake();
    const flight = peer.take();
    const leg = ours.leg({ context, token: flight.subarray(0, -3) });
    expect(leg).toMatchObject({ status: "continue" });
    const { extra } = leg as { extra: number };
    expect(extra).toBeGreaterThan(0);
    expect(ours.leg({ context, token: flight.subarray(flight.length - 3 - extra) })).toMatchObject({
      status: "complete",
    });
  });

  it("needs a credential", () => {
    for (const side of sides)
      expect(() => new StandInSide(side).leg({ credential: undefined as never })).toThrow(
        error("SEC_E_NO_CREDENTIALS"),
      );
  });
});

describe("an application protocol that nobody shares", () => {
  it("is refused by the server with SEC_E_APPLICATION_PROTOCOL_MISMATCH", () => {
    const bytes = Buffer.from("\x09\0\0\0\x02\0\0\0\x03\0\x02h2", "latin1");
    const buffers = [{ type: SECBUFFER_APPLICATION_PROTOCOLS, bytes }];
    expect(() => connect(new StandInSide("server"), peerOf("client", { alpn: ["x"] }), { buffers })).toThrow(
      error("SEC_E_APPLICATION_PROTOCOL_MISMATCH"),
    );
  });
});
