import { randomBytes } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { mac, withDerived } from "../../src/packages/embedded/derivation.ts";
import { embeddedDefinition } from "../../src/packages/embedded/embedded-definition.ts";
import { packGreeting, readGreeting } from "../../src/packages/embedded/exchange.ts";
import { packFields, readFields, sized, textOf, uint64 } from "../../src/packages/embedded/fields.ts";
import { KeyStore, maxName } from "../../src/packages/embedded/key-store.ts";
import { anew, Incoming, Outgoing, readHeader } from "../../src/packages/embedded/message-number.ts";
import { ProtectedSession } from "../../src/packages/embedded/protected-session.ts";
import { packState, readState, type SessionState } from "../../src/packages/embedded/session-state.ts";
import { embeddedHost } from "../../src/packages.ts";
import { timesZeroed, watchZeroing } from "../memory/zeroed-bytes.ts";

const error = (code: string) => expect.objectContaining({ code });
const invalid = error("SEC_E_INVALID_TOKEN");

describe("packed fields of the embedded package", () => {
  const lists = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 5 });

  it("are read as they were packed, under their own kind and number only", () => {
    fc.assert(
      fc.property(lists, (fields) => {
        const packed = packFields("proof", fields);
        expect(readFields("proof", packed, fields.length)).toEqual(fields.map((field) => Buffer.from(field)));
        expect(() => readFields("session", packed, fields.length)).toThrow(invalid);
        expect(() => readFields("proof", packed, fields.length + 1)).toThrow(invalid);
        if (fields.length > 0) expect(() => readFields("proof", packed, fields.length - 1)).toThrow(invalid);
        for (let length = 0; length < packed.length; length += 1)
          expect(() => readFields("proof", packed.subarray(0, length), fields.length)).toThrow(invalid);
      }),
      { numRuns: 30 },
    );
  });

  it("hold up to 65535 bytes each", () => {
    const [field] = readFields("proof", packFields("proof", [Buffer.alloc(0xffff, 7)]), 1);
    expect(field).toHaveLength(0xffff);
  });

  it("are refused where their size or their text is wrong", () => {
    expect(sized(Buffer.alloc(3), 3)).toHaveLength(3);
    for (const field of [Buffer.alloc(2), Buffer.alloc(4), undefined]) expect(() => sized(field, 3)).toThrow(invalid);
    expect(textOf(Buffer.from("\ufeffälice"))).toBe("\ufeffälice");
    expect(() => textOf(Buffer.of(0x61, 0xff))).toThrow(invalid);
    expect(uint64(2 ** 53 - 1).toString("hex")).toBe("001fffffffffffff");
  });
});

describe("a greeting of the embedded package", () => {
  const greeting = (changes: object = {}) => ({ user: "alice", target: "x", bindings: Buffer.alloc(0), ...changes });

  it("may have names of 1024 bytes, and no longer ones", () => {
    for (const name of ["user", "target"]) {
      const longest = greeting({ [name]: "n".repeat(maxName) });
      expect(readGreeting(packGreeting(longest))).toEqual(longest);
      expect(() => readGreeting(packGreeting(greeting({ [name]: "n".repeat(maxName + 1) })))).toThrow(invalid);
    }
  });

  it("has no bindings, or 32 bytes of them", () => {
    expect(readGreeting(packGreeting(greeting({ bindings: Buffer.alloc(32, 1) }))).bindings).toHaveLength(32);
    for (const size of [1, 31, 33])
      expect(() => readGreeting(packGreeting(greeting({ bindings: Buffer.alloc(size) })))).toThrow(invalid);
  });

  it("has a nonce of 32 bytes", () => {
    for (const size of [0, 31, 33]) {
      const fields = [Buffer.alloc(size), Buffer.from("alice"), Buffer.from("x"), Buffer.alloc(0)];
      expect(() => readGreeting(packFields("greeting", fields))).toThrow(invalid);
    }
  });
});

describe("the numbers of messages of the embedded package", () => {
  it("are accepted in order, and from zero after the sender has restarted them, but never twice", () => {
    const accepted = (
      position: { generation: number; next: number },
      ...numbers: readonly (readonly [number, number])[]
    ) => {
      const incoming = new Incoming(position);
      return numbers.map(([generation, next]) => {
        try {
          incoming.accept({ generation, next });
          return true;
        } catch (refused) {
          expect(refused).toMatchObject({ code: "SEC_E_OUT_OF_SEQUENCE" });
          return false;
        }
      });
    };
    const start = { generation: 2, next: 5 };
    expect(accepted(start, [2, 5], [2, 5], [2, 7], [2, 6])).toEqual([true, false, false, true]);
    expect(accepted(start, [1, 5], [3, 5], [3, 1], [2, 0], [1, 0])).toEqual([false, false, false, false, false]);
    expect(accepted(start, [3, 0], [2, 6], [3, 1], [5, 0], [4, 0])).toEqual([true, false, true, true, false]);
  });

  it("are in the header, with the sender's key, and one higher each time", () => {
    const outgoing = new Outgoing({ generation: 3, next: 2 ** 40 });
    const [one, two] = [outgoing.next(), outgoing.next()];
    expect([one.position, two.position]).toEqual([
      { generation: 3, next: 2 ** 40 },
      { generation: 3, next: 2 ** 40 + 1 },
    ]);
    expect(outgoing.position).toEqual({ generation: 3, next: 2 ** 40 + 2 });
    expect(two.keySalt).toEqual(one.keySalt);
    expect([one.keySalt.length, one.nonce.length, one.bytes.length]).toEqual([20, 12, 28]);
    expect(one.nonce.equals(two.nonce)).toBe(false);
    expect(new Outgoing({ generation: 3, next: 0 }).next().keySalt.equals(one.keySalt)).toBe(false);
    expect(readHeader(Buffer.concat([one.bytes, Buffer.alloc(4)]), 32)).toEqual(one);
    for (const size of [27, 29]) expect(() => readHeader(one.bytes, size)).toThrow(invalid);
  });

  it("can be restarted until the last generation", () => {
    expect(anew({ generation: 0xffff_fffe, next: 9 })).toEqual({ generation: 0xffff_ffff, next: 0 });
    expect(() => anew({ generation: 0xffff_ffff, next: 9 })).toThrow(error("SEC_E_CONTEXT_EXPIRED"));
  });
});

const state = (changes: Partial<SessionState> = {}): SessionState => ({
  role: "client",
  user: "alice",
  server: "house",
  target: "app/house",
  start: 1000,
  expiry: 5000,
  sent: { generation: 1, next: 2 },
  received: { generation: 3, next: 4 },
  secret: randomBytes(32),
  ...changes,
});

describe("a packed session of the embedded package", () => {
  it("is read as it was packed, with a copy of the secret", () => {
    for (const role of ["client", "server"] as const) {
      const packed = packState(state({ role, secret: Buffer.alloc(32, 7) }));
      const read = readState(packed);
      packed.fill(0);
      expect(read).toEqual(state({ role, secret: Buffer.alloc(32, 7) }));
    }
  });

  it("is refused with another role, a secret of another size or a wrong seal", () => {
    expect(() => readState(packState(state({ role: "guest" as never })))).toThrow(invalid);
    for (const size of [0, 31, 33])
      expect(() => readState(packState(state({ secret: randomBytes(size) })))).toThrow(invalid);
    const packed = packState(state());
    packed[packed.length - 1] = (packed.at(-1) as number) ^ 1;
    expect(() => readState(packed)).toThrow(invalid);
  });

  it("leaves no copy of its secret: what is packed to be sealed is zeroed", () => {
    const secret = randomBytes(32);
    const zeroed = watchZeroing();
    packState(state({ secret }));
    expect(zeroed.some((bytes) => bytes.includes(secret))).toBe(true);
  });
});

describe("a secret that is derived for one use", () => {
  it("is zeroed after it, also when that throws, and another purpose or salt gives another one", () => {
    const seen: Buffer[] = [];
    const keep = (key: Buffer): string => {
      seen.push(key);
      return key.toString("hex");
    };
    const secret = Buffer.alloc(32, 1);
    const keys = [
      withDerived(secret, "one", keep),
      withDerived(secret, "two", keep),
      withDerived(secret, "one", keep, Buffer.of(1)),
    ];
    expect(new Set(keys).size).toBe(3);
    expect(withDerived(secret, "one", keep)).toBe(keys[0]);
    const fail = (key: Buffer): never => {
      seen.push(key);
      throw new RangeError("mine");
    };
    expect(() => withDerived(secret, "one", fail)).toThrow("mine");
    expect(seen).toHaveLength(5);
    for (const key of seen) expect(key.every((byte) => byte === 0)).toBe(true);
    expect(mac(secret, Buffer.from("a"), Buffer.from("b"))).toEqual(mac(secret, Buffer.from("ab")));
  });
});

describe("a session of the embedded package, at its end", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: 4999 }));
  afterEach(() => void vi.useRealTimers());

  it("works in its last millisecond, and not after it; only quality 0 is supported", () => {
    const session = new ProtectedSession(packState(state()));
    const options = { quality: 0, sequence: 0 };
    expect(session.sign(Buffer.from("x"), options)).toHaveLength(60);
    for (const quality of [1, 0x8000_0001]) {
      expect(() => session.sign(Buffer.from("x"), { quality, sequence: 0 })).toThrow(error("SEC_E_QOP_NOT_SUPPORTED"));
      const sealing = { quality, sequence: 0, associated: Buffer.alloc(0) };
      expect(() => session.seal(Buffer.from("x"), sealing)).toThrow(error("SEC_E_QOP_NOT_SUPPORTED"));
    }
    vi.setSystemTime(5000);
    expect(() => session.sign(Buffer.from("x"), options)).toThrow(error("SEC_E_CONTEXT_EXPIRED"));
    session.close();
  });

  it("is not opened when it is over, and its secret and its packed bytes are zeroed, as on close()", () => {
    const secret = randomBytes(32);
    const zeroed = watchZeroing();
    const packed = packState(state({ secret }));
    const before = timesZeroed(zeroed, secret);
    const open = new ProtectedSession(Buffer.from(packed));
    expect(timesZeroed(zeroed, secret)).toBe(before);
    open.close();
    expect(timesZeroed(zeroed, secret)).toBe(before + 1);
    vi.setSystemTime(5000);
    expect(() => new ProtectedSession(packed)).toThrow(error("SEC_E_CONTEXT_EXPIRED"));
    expect(timesZeroed(zeroed, secret)).toBe(before + 2);
    expect(packed.every((byte) => byte === 0)).toBe(true);
    const damaged = Buffer.from("not a session");
    expect(() => new ProtectedSession(damaged)).toThrow(invalid);
    expect(damaged.every((byte) => byte === 0)).toBe(true);
  });

  it("tells its names, times and sizes", () => {
    const { query } = new ProtectedSession(packState(state()));
    expect(query.names?.()).toEqual({ sUserName: "alice" });
    expect(query.nativeNames?.()).toEqual({ sClientName: "alice", sServerName: "house" });
    expect(query.clientSpecifiedTarget?.()).toEqual({ sTargetName: "app/house" });
    expect(query.lifespan?.()).toEqual({ tsStart: new Date(1000), tsExpiry: new Date(5000) });
    expect(query.sizes?.()).toEqual({ cbMaxToken: 4096, cbMaxSignature: 60, cbBlockSize: 1, cbSecurityTrailer: 44 });
    expect(query.keyInfo?.()).toMatchObject({ KeySize: 256, SignatureAlgorithm: 0, EncryptAlgorithm: 0 });
  });
});

describe("the embedded package's legs", () => {
  const keys = new KeyStore({ alice: Buffer.alloc(32, 7) });
  const { initContext, acceptContext, acquireCredentials, deleteContext } = embeddedDefinition({
    keys,
    server: "house",
    lifetime: 60,
  });
  const request = (changes: object) =>
    ({ requested: [], buffers: [], channelBindings: undefined, token: undefined, ...changes }) as never;
  const alice = { user: "alice", service: undefined };
  const house = { user: undefined, service: undefined };

  it("begin with a credential of a user, and a target that fits into a token", () => {
    for (const credential of [undefined, house])
      expect(() => initContext?.(request({ credential }))).toThrow(error("SEC_E_NO_CREDENTIALS"));
    const greet = (target: string) => () => initContext?.(request({ credential: alice, target }));
    expect(greet("n".repeat(maxName))()).toMatchObject({ status: "continue" });
    expect(greet("n".repeat(maxName + 1))).toThrow(error("SEC_E_TARGET_UNKNOWN"));
    expect(greet(`${"n".repeat(maxName - 1)}é`)).toThrow(error("SEC_E_TARGET_UNKNOWN"));
  });

  it("are for a user without password and domain", () => {
    const acquire = (use: string, identity?: object, principal?: string) =>
      acquireCredentials({ use, identity, principal } as never);
    const identity = { user: "alice", domain: "", passwordBytes: new Uint8Array() };
    expect(acquire("outbound", identity)).toEqual(alice);
    expect(acquire("both", undefined, "alice")).toEqual(alice);
    expect(acquire("inbound", undefined, "app/house")).toEqual({ user: undefined, service: "app/house" });
    for (const use of ["outbound", "inbound"])
      for (const wrong of [{ domain: "HOUSE" }, { passwordBytes: Uint8Array.of(1) }])
        expect(() => acquire(use, { ...identity, ...wrong })).toThrow(error("SEC_E_UNKNOWN_CREDENTIALS"));
    expect(acquire("outbound", identity, "bob")).toEqual(alice);
  });

  it("complete once: a context that has its session cannot be completed again, and loses its packed bytes when it is deleted", () => {
    const hello = initContext?.(request({ credential: alice, target: "x" })) as never as {
      context: object;
      token: Buffer;
    };
    const challenge = acceptContext?.(request({ credential: house, token: hello.token })) as never as {
      context: object;
      token: Buffer;
    };
    const done = initContext?.(request({ context: hello.context, token: challenge.token })) as never as {
      context: { packed: Buffer };
      status: string;
      token: Buffer;
    };
    expect(done.status).toBe("complete");
    expect(() => initContext?.(request({ context: done.context, token: challenge.token }))).toThrow(
      error("SEC_E_OUT_OF_SEQUENCE"),
    );
    const served = acceptContext?.(request({ context: challenge.context, token: done.token })) as never as typeof done;
    expect(served.status).toBe("complete");
    expect(done.context.packed.some((byte) => byte !== 0)).toBe(true);
    deleteContext?.(done.context as never);
    expect(done.context.packed.every((byte) => byte === 0)).toBe(true);
    expect(deleteContext?.(hello.context as never)).toBeUndefined();
    for (const leg of [initContext, acceptContext])
      expect(() => leg?.(request({ context: hello.context }))).toThrow(invalid);
  });
});

describe("the keys of the embedded package", () => {
  it("have at least 16 bytes, and their users names of up to 1024 bytes", () => {
    expect(new KeyStore({ alice: Buffer.alloc(16) }).has("alice")).toBe(true);
    expect(() => new KeyStore({ alice: Buffer.alloc(15) })).toThrow(
      "keys, entry 1: expected at least 16 bytes, got 15",
    );
    expect(new KeyStore({ ["n".repeat(maxName)]: Buffer.alloc(16) }).has("n".repeat(maxName))).toBe(true);
    const long = { alice: Buffer.alloc(16), ["n".repeat(maxName + 1)]: Buffer.alloc(16) };
    expect(() => new KeyStore(long)).toThrow("keys, entry 2: the user's name: expected at most 1024 bytes of UTF-8");
  });

  it("are counted and not shown, and for an unknown user there is a random key that stays the same", () => {
    const store = new KeyStore({ alice: Buffer.alloc(16, 0x61) });
    expect(inspect(store, { depth: 9, showHidden: true })).toBe("KeyStore { 1 keys }");
    expect(store.find("bob")).toBe(store.find("carol"));
    expect(store.find("bob")).toHaveLength(32);
    expect(new KeyStore({}).find("bob")).not.toEqual(store.find("bob"));
  });

  it.each([
    [3_155_760_000, true],
    [3_155_760_001, false],
    [1, true],
    [0, false],
  ])("are for sessions of up to a hundred years: %i seconds", (lifetime, accepted) => {
    const make = () => embeddedHost({ keys: {}, lifetime }).close();
    if (accepted) make();
    else expect(make).toThrow(/^lifetime: expected/);
  });
});
