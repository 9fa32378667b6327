import { types } from "node:util";
import { runInNewContext } from "node:vm";
import type { Random } from "./random.ts";

/** Hostile values throw this error themselves: the library may pass it on. */
export class Hostility extends Error {}

/** Whether an error comes from the value: the value threw it, or the engine when a revoked proxy was used. */
export function isHostility(error: unknown): boolean {
  return (
    error instanceof Hostility ||
    (error instanceof TypeError && / on a proxy that has been revoked$/.test(error.message))
  );
}

const hostility = (): never => {
  throw new Hostility("thrown by a hostile value");
};

/** Answers each operation of the engine with an exception, or with the result for `target`. */
function trapped(target: object, random: Random): object {
  const one = random.of(["get", "has", "ownKeys", "getOwnPropertyDescriptor", "getPrototypeOf"] as const);
  return new Proxy(target, { [one]: hostility });
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** Its type is newer than the Node that the type declarations describe. */
function resizableBuffer(size: number): ArrayBuffer {
  const made = ArrayBuffer as unknown as new (size: number, options: { maxByteLength: number }) => ArrayBuffer;
  return new made(size, { maxByteLength: 1 << 20 });
}

/** Bytes whose length is false, or whose memory is detached already or will be. */
function hostileBytes(bytes: Uint8Array, random: Random): unknown {
  const own = new Uint8Array(bytes);
  const shared = new SharedArrayBuffer(Math.max(1, bytes.length));
  const resizable = resizableBuffer(Math.max(8, bytes.length));
  const tracking = new Uint8Array(resizable);
  const kinds: readonly (() => unknown)[] = [
    () => Object.defineProperty(own, "length", { value: random.of([0, 4096, -1, Number.NaN, 2 ** 32]) }),
    () => Object.defineProperty(own, "byteOffset", { value: 4096 }),
    () => Object.defineProperty(own, "buffer", { get: hostility }),
    () => Object.setPrototypeOf(own, null),
    () => Object.setPrototypeOf(own, Array.prototype),
    () => Object.assign(Object.setPrototypeOf({ length: 64 }, Uint8Array.prototype)),
    () => new Uint8Array(shared),
    () => tracking,
    () => {
      const view = new Uint8Array(resizable, 4, 4);
      (resizable as unknown as { resize(size: number): void }).resize(2);
      return view;
    },
    () => {
      structuredClone(own, { transfer: [own.buffer] });
      return own;
    },
    () => trapped(own, random),
    () => new Proxy(own, {}),
    () => new DataView(own.buffer),
    () => own.buffer,
    () => new Float64Array(4),
    () => runInNewContext("new Uint8Array(16)"),
    () => [...own],
    () => Buffer.from(own).toString("latin1"),
  ];
  return random.of(kinds)();
}

/** Objects whose properties throw, change, close the object in use, or are inherited from elsewhere. */
function hostileObject(value: object, random: Random, act: () => void): unknown {
  const copy: Record<string, unknown> = { ...value };
  const name = Object.keys(copy)[random.below(Object.keys(copy).length)] ?? "x";
  const truth = copy[name];
  const given = (get: () => unknown): object => Object.defineProperty(copy, name, { get, enumerable: true });
  let reads = 0;
  const kinds: readonly (() => unknown)[] = [
    () => given(hostility),
    () => {
      return given(() => {
        reads += 1;
        return reads === 1 ? truth : reads % 2 === 0 ? 7 : hostility();
      });
    },
    () =>
      given(() => {
        act();
        return truth;
      }),
    () => trapped(copy, random),
    () => new Proxy(copy, {}),
    () => Object.create(copy),
    () => Object.setPrototypeOf(copy, null),
    () =>
      Object.create({
        get [name]() {
          return hostility();
        },
      }),
    () => ({ ...copy, [Symbol("s")]: 1, nosuch: 1 }),
    () => ({ ...copy, __proto__: { confidentiality: true } }),
    () => Object.assign(() => 1, copy),
    () => ({ ...copy, [name]: hostileValue(truth, random, act) }),
    () => ({ ...copy, [name]: hostileValue(truth, random, act) }),
    revoked,
  ];
  return random.of(kinds)();
}

function hostileArray(value: readonly unknown[], random: Random, act: () => void): unknown {
  const lying = (length: unknown): unknown =>
    new Proxy([...value], { get: (target, key) => (key === "length" ? length : Reflect.get(target, key)) });
  const kinds: readonly (() => unknown)[] = [
    () => lying(random.of([-1, Number.NaN, 2 ** 32, "2", 2 ** 53, 1.5, undefined])),
    () => Object.assign([...value], { length: 2 ** 32 - 1 }),
    () => Object.defineProperty([...value, 1], 0, { get: hostility }),
    () => Object.defineProperty([...value], Symbol.iterator, { value: hostility }),
    () => Object.setPrototypeOf([...value], null),
    () => trapped([...value], random),
    () => new Set(value),
    () => ({ ...value, length: value.length }),
    () => value.map((one) => hostileValue(one, random, act)),
    () => Array.from({ length: 20_000 }, () => value[0]),
  ];
  return random.of(kinds)();
}

const texts = ["", "\0", "a\0b", "\ud800", "\udc00x", "x".repeat(70_000), "__proto__", "constructor", "%s", "../../x"];
const numbers = [Number.NaN, -0, -1, 1.5, 2 ** 31, 2 ** 32, 2 ** 53, Number.POSITIVE_INFINITY, 10n, -1n, 2n ** 64n];

function hostileScalar(random: Random): unknown {
  const conversions = { [Symbol.toPrimitive]: hostility, toString: hostility, valueOf: hostility, toJSON: hostility };
  return random.of<unknown>([
    ...texts,
    ...numbers,
    null,
    undefined,
    true,
    conversions,
    Object("text"),
    Object(1),
    Symbol("s"),
    revoked(),
    async () => 1,
    function* generator() {},
    class {},
    new Date(Number.NaN),
    /x/g,
    Promise.resolve(1),
    new WeakMap(),
    globalThis,
  ]);
}

/** An unexpected value in place of another one. `act` is what some of these values do when they are read. */
export function hostileValue(value: unknown, random: Random, act: () => void): unknown {
  if (random.below(5) === 0) return hostileScalar(random);
  if (types.isUint8Array(value)) return hostileBytes(value, random);
  if (Array.isArray(value)) return hostileArray(value, random, act);
  const plain = typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
  // A provider is trusted code: the tests with a library that lies examine what a provider may do.
  return plain && !("EnumerateSecurityPackagesW" in value) ? hostileObject(value, random, act) : hostileScalar(random);
}
