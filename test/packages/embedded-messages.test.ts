import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { importContext } from "../../src/index.ts";
import { expectUnderstanding } from "./hosted.ts";
import { pskHost, shaken } from "./psk.ts";

const error = (code: string) => expect.objectContaining({ code });
const text = (message: string) => Buffer.from(message);

describe("messages of the embedded package", () => {
  it("are encrypted and read by the peer at every size", () => {
    using pair = shaken({ clientHost: pskHost() });
    for (const size of [0, 1, 15, 16, 17, 1000, 70_000]) {
      const message = Buffer.alloc(size, "a");
      const sealed = pair.client.encrypt(message);
      expect(sealed.length).toBe(size + pair.client.query("sizes").cbSecurityTrailer);
      if (size >= 15) expect(sealed.includes("a".repeat(15))).toBe(false);
      expect(pair.server.decrypt(sealed).equals(message)).toBe(true);
    }
  });

  it("are accepted only once and only in order", () => {
    using pair = shaken({ clientHost: pskHost() });
    const [one, two, three] = ["one", "two", "three"].map((word) => pair.client.encrypt(text(word))) as [
      Buffer,
      Buffer,
      Buffer,
    ];
    const wrongOrder = error("SEC_E_OUT_OF_SEQUENCE");
    expect(() => pair.server.decrypt(two)).toThrow(wrongOrder);
    expect(pair.server.decrypt(one).toString()).toBe("one");
    expect(() => pair.server.decrypt(one)).toThrow(wrongOrder);
    expect(() => pair.server.decrypt(three)).toThrow(wrongOrder);
    expect(pair.server.decrypt(two).toString()).toBe("two");
    expect(pair.server.decrypt(three).toString()).toBe("three");
    const signature = pair.client.sign(text("four"));
    pair.server.verify(text("four"), signature);
    expect(() => pair.server.verify(text("four"), signature)).toThrow(wrongOrder);
  });

  it("are refused when shortened", () => {
    using pair = shaken({ clientHost: pskHost() });
    const sealed = pair.client.encrypt(text("a message"));
    for (const length of [1, 28, 43, 44, sealed.length - 1])
      expect(() => pair.server.decrypt(sealed.subarray(0, length)), `${length} bytes`).toThrow(
        /SEC_E_(MESSAGE_ALTERED|INVALID_TOKEN)/,
      );
    expect(() => pair.server.verify(text("x"), Buffer.alloc(4))).toThrow(error("SEC_E_INVALID_TOKEN"));
    expect(pair.server.decrypt(sealed).toString()).toBe("a message");
  });

  it("are refused by their sender and by another session", () => {
    const clientHost = pskHost();
    using pair = shaken({ clientHost });
    using other = shaken({ clientHost });
    const sealed = pair.client.encrypt(text("mine"));
    expect(() => pair.client.decrypt(sealed)).toThrow(error("SEC_E_MESSAGE_ALTERED"));
    expect(() => other.server.decrypt(sealed)).toThrow(error("SEC_E_MESSAGE_ALTERED"));
    const signature = pair.client.sign(text("mine"));
    expect(() => pair.client.verify(text("mine"), signature)).toThrow(error("SEC_E_MESSAGE_ALTERED"));
  });
});

describe("a session of the embedded package", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
  afterEach(() => void vi.useRealTimers());

  it("expires after the shorter of both sides' lifetimes", () => {
    using pair = shaken({ clientHost: pskHost({ lifetime: 600 }), serverHost: pskHost({ lifetime: 60 }) });
    const { tsStart, tsExpiry } = pair.client.query("lifespan");
    expect(Number(tsExpiry) - Number(tsStart)).toBe(60_000);
    expect(pair.server.expiry).toEqual(tsExpiry);
    const [sealed, signature] = [pair.client.encrypt(text("x")), pair.client.sign(text("y"))];
    const { packed } = pair.server.export();
    vi.setSystemTime(Date.now() + 60_000);
    const expired = error("SEC_E_CONTEXT_EXPIRED");
    expect(() => pair.server.decrypt(sealed)).toThrow(expired);
    expect(() => pair.server.verify(text("y"), signature)).toThrow(expired);
    expect(() => pair.client.encrypt(text("x"))).toThrow(expired);
    expect(() => pair.client.sign(text("x"))).toThrow(expired);
    expect(() => importContext({ package: "SspiFfiPsk", packed, provider: pskHost().provider })).toThrow(expired);
  });
});

describe("an exported session of the embedded package", () => {
  it("continues in a host without keys", () => {
    using pair = shaken({ clientHost: pskHost() });
    expectUnderstanding(pair.client, pair.server);
    const exported = pair.server.export({ deleteOld: true });
    using imported = importContext({ ...exported, provider: pskHost({ keys: {} }).provider });
    expectUnderstanding(imported, pair.client);
    expect(imported.query("names")).toEqual({ sUserName: "alice" });
  });

  it("restarts its sequence numbers with resetNew, the peer follows, and replays stay refused", () => {
    using pair = shaken({ clientHost: pskHost() });
    const { provider } = pskHost({ keys: {} });
    const old = pair.client.encrypt(text("old"));
    pair.server.decrypt(old);
    const before = pair.server.encrypt(text("before"));
    using imported = importContext({ ...pair.server.export({ resetNew: true, deleteOld: true }), provider });
    expect(() => imported.decrypt(old)).toThrow(error("SEC_E_OUT_OF_SEQUENCE"));
    expectUnderstanding(imported, pair.client);
    expect(() => pair.client.decrypt(before)).toThrow(error("SEC_E_OUT_OF_SEQUENCE"));
    using again = importContext({ ...imported.export({ resetNew: true, deleteOld: true }), provider });
    expectUnderstanding(again, pair.client);
  });

  it("never reuses a message key when imported twice, and the peer accepts only one of the copies", () => {
    using pair = shaken({ clientHost: pskHost() });
    const { provider } = pskHost({ keys: {} });
    const exported = pair.server.export();
    using one = importContext({ ...exported, provider });
    using other = importContext({ ...exported, provider });
    const keys = [one, other, pair.server].map((context) => context.encrypt(text("same")));
    expect(new Set(keys.map((sealed) => sealed.subarray(0, 16).toString("hex"))).size).toBe(3);
    expect(new Set(keys.map((sealed) => sealed.subarray(-4).toString("hex"))).size).toBe(3);
    expect(pair.client.decrypt(keys[1] as Buffer).toString()).toBe("same");
    expect(() => pair.client.decrypt(keys[0] as Buffer)).toThrow(error("SEC_E_OUT_OF_SEQUENCE"));
  });

  it("cannot be exported with a token", () => {
    using pair = shaken({ clientHost: pskHost() });
    expect(() => pair.server.export({ withToken: true })).toThrow(error("SEC_E_NO_IMPERSONATION"));
    expectUnderstanding(pair.client, pair.server);
  });
});
