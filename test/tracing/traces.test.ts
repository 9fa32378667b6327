import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  SEC_E_LOGON_DENIED,
  SEC_E_OK,
  SEC_E_UNKNOWN_CREDENTIALS,
  SEC_I_CONTINUE_NEEDED,
} from "../../generated/status/constants.ts";
import { type AcquireTrace, ClientContext, Credential, type LegTrace, ServerContext } from "../../src/index.ts";
import { inbound, outbound, scripted } from "../scripted/scripted.ts";
import { thrownBy } from "../thrown-by.ts";

const legs: LegTrace[] = [];
const acquisitions: AcquireTrace[] = [];
const onLeg = (trace: unknown) => void legs.push(trace as LegTrace);
const onAcquire = (trace: unknown) => void acquisitions.push(trace as AcquireTrace);

beforeEach(() => {
  legs.length = 0;
  acquisitions.length = 0;
  subscribe("sspi-ffi:leg", onLeg);
  subscribe("sspi-ffi:acquire", onAcquire);
});
afterEach(() => {
  unsubscribe("sspi-ffi:leg", onLeg);
  unsubscribe("sspi-ffi:acquire", onAcquire);
});

const token = Buffer.from("the token of the peer");
const answer = Buffer.from("answer");

describe("the channel sspi-ffi:leg", () => {
  it("publishes each leg's side, number, sizes and status, with one number per context", async () => {
    const sspi = scripted({
      legs: [{ status: SEC_I_CONTINUE_NEEDED, token: answer }, { status: SEC_E_OK }],
    });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    client.stepSync();
    await client.step(token);
    const common = { side: "client", package: credential.package, provider: credential.provider.label };
    expect(legs).toEqual([
      {
        ...common,
        ...{ context: expect.any(Number), leg: 1, received: 0, sent: 6, status: "SEC_I_CONTINUE_NEEDED" },
        ...{ duration: expect.any(Number), sync: true },
      },
      {
        ...common,
        ...{ context: legs[0]?.context, leg: 2, received: token.length, sent: 0, status: "SEC_E_OK" },
        ...{ duration: expect.any(Number), sync: false },
      },
    ]);
  });

  it("publishes a failed leg with its status and the size of its error token", () => {
    const sspi = scripted({ legs: [{ status: SEC_E_LOGON_DENIED, token: answer }] });
    using credential = inbound(sspi);
    using server = new ServerContext(credential);
    expect(thrownBy(() => server.stepSync(token))).toMatchObject({ code: "SEC_E_LOGON_DENIED" });
    expect(legs).toMatchObject([{ side: "server", leg: 1, status: "SEC_E_LOGON_DENIED", sent: 6 }]);
  });

  it("publishes other errors by their names, and the caller still gets them", async () => {
    using credential = inbound(scripted({ legs: [] }));
    using server = new ServerContext(credential);
    expect(() => server.stepSync("text" as never)).toThrow(TypeError);
    await expect(server.step(undefined as never)).rejects.toThrow(TypeError);
    expect(legs).toMatchObject([
      { status: "TypeError", received: 0, sync: true },
      { status: "TypeError", received: 0, sync: false },
    ]);
  });

  it("publishes the real size of a token, and runs no code of it", () => {
    using credential = inbound(scripted({ legs: [{ status: SEC_E_OK }] }));
    using server = new ServerContext(credential);
    const lie = (): never => {
      throw new Error("read by the trace");
    };
    server.stepSync(Object.defineProperty(Buffer.from("four"), "byteLength", { get: lie }));
    expect(legs).toMatchObject([{ received: 4, status: "SEC_E_OK" }]);
  });

  it("publishes another context under another number, with legs that start at 1 again", () => {
    const sspi = scripted({ legs: [{ status: SEC_E_OK }, { status: SEC_E_OK }] });
    using credential = inbound(sspi);
    for (const _ of [1, 2]) {
      using server = new ServerContext(credential);
      server.stepSync(token);
    }
    expect(legs.map(({ leg }) => leg)).toEqual([1, 1]);
    expect(new Set(legs.map(({ context }) => context)).size).toBe(2);
  });
});

describe("the channel sspi-ffi:acquire", () => {
  it("publishes the package, the provider and whether an identity was given", async () => {
    const sspi = scripted({});
    const of = { package: "Scripted", provider: sspi.provider } as const;
    const identity = { user: "alice", password: "userpw" };
    using one = Credential.acquireSync({ ...of, use: "inbound" });
    using other = await Credential.acquire({ ...of, use: "outbound", identity });
    const provider = one.provider.label;
    const common = { package: other.package, provider, status: "SEC_E_OK", duration: expect.any(Number) };
    expect(acquisitions).toEqual([
      { ...common, use: "inbound", identity: "process", sync: true },
      { ...common, use: "outbound", identity: "given", sync: false },
    ]);
  });

  it("publishes a failure by its status or the error's name", () => {
    const provider = scripted({ acquire: () => SEC_E_UNKNOWN_CREDENTIALS }).provider;
    expect(() => Credential.acquireSync({ package: "Scripted", use: "outbound", provider })).toThrow();
    expect(() => Credential.acquireSync(undefined as never)).toThrow(TypeError);
    expect(acquisitions).toMatchObject([
      { package: "Scripted", status: "SEC_E_UNKNOWN_CREDENTIALS" },
      { package: "undefined", use: "undefined", status: "TypeError" },
    ]);
  });
});

describe("traces", () => {
  it("E9 never contain a name, a password, a target or a byte of a token", () => {
    const sspi = scripted({ legs: [{ status: SEC_E_LOGON_DENIED, token: answer }] });
    const identity = { user: "alice", domain: "EXAMPLE", password: "userpw" };
    using credential = Credential.acquireSync({
      package: "Scripted",
      provider: sspi.provider,
      use: "outbound",
      identity,
    });
    using client = new ClientContext(credential, { target: "HTTP/web.example.test" });
    expect(() => client.stepSync(token)).toThrow();
    const text = `${inspect([legs, acquisitions], { depth: Infinity, showHidden: true })}`;
    expect(legs.length + acquisitions.length).toBe(2);
    for (const secret of ["alice", "EXAMPLE", "userpw", "web.example", "the token", token.toString("hex"), "answer"])
      expect(text).not.toContain(secret);
  });
});

describe("without subscribers", () => {
  it("the channels cost nothing: no clock is read", async () => {
    unsubscribe("sspi-ffi:leg", onLeg);
    unsubscribe("sspi-ffi:acquire", onAcquire);
    const { now } = performance;
    let reads = 0;
    performance.now = () => {
      reads += 1;
      return now.call(performance);
    };
    try {
      const sspi = scripted({ legs: [{ status: SEC_I_CONTINUE_NEEDED, token: answer }, { status: SEC_E_OK }] });
      using credential = await Credential.acquire({ package: "Scripted", provider: sspi.provider, use: "outbound" });
      using client = new ClientContext(credential);
      client.stepSync();
      await client.step(token);
    } finally {
      performance.now = now;
    }
    expect(reads).toBe(0);
    expect(legs).toEqual([]);
  });
});

describe("the channel sspi-ffi:acquire, where an option has a getter", () => {
  it("B7 does not read the option a second time, and publishes no value of its own for it", () => {
    const sspi = scripted({});
    let reads = 0;
    const options = {
      use: "outbound",
      provider: sspi.provider,
      get package() {
        reads += 1;
        return reads === 1 ? "Scripted" : "another";
      },
    } as const;
    Credential.acquireSync(options).close();
    expect(reads).toBe(1);
    expect(acquisitions).toEqual([
      expect.objectContaining({ package: "Scripted", use: "outbound", identity: "process", status: "SEC_E_OK" }),
    ]);
  });

  it("B7 does not look at options behind a proxy, which may run any code", () => {
    const seen: PropertyKey[] = [];
    const options = new Proxy(
      {},
      { getOwnPropertyDescriptor: (_, name) => void seen.push(name), get: (_, name) => void seen.push(name) },
    );
    expect(() => Credential.acquireSync(options as never)).toThrow("package: expected a string, got undefined");
    // The tests' own record of the providers that they ran on reads this one.
    expect(seen.filter((name) => name !== "provider")).toEqual([]);
    expect(acquisitions).toEqual([expect.objectContaining({ package: "undefined", use: "undefined" })]);
  });
});

describe("the channel sspi-ffi:acquire, where something hostile is given", () => {
  const good = { package: "Scripted", use: "outbound" } as const;
  /** What the acquisition with these options throws, and the last trace. */
  const failed = (options: unknown): [unknown, AcquireTrace | undefined] => {
    try {
      Credential.acquireSync(options as never).close();
    } catch (error) {
      return [error, acquisitions.at(-1)];
    }
    throw new Error("nothing was thrown");
  };
  const throwing = (error: unknown): object =>
    Object.defineProperty({ ...good }, "identity", {
      get: () => {
        throw error;
      },
    });

  it("E11 shows the use only where it is one of the three words", () => {
    const [, trace] = failed({ ...good, use: "hunter2SECRET" });
    expect(trace).toMatchObject({ use: "a string of 13 characters", status: "RangeError" });
    for (const use of ["inbound", "outbound", "both"]) {
      Credential.acquireSync({ ...good, use, provider: scripted({}).provider } as never).close();
      expect(acquisitions.at(-1)).toMatchObject({ use });
    }
  });

  it("E11 shows the class of an error that the caller's code throws, never its name", () => {
    const named = Object.assign(new Error("x"), { name: "hunter2SECRET" });
    expect(failed(throwing(named))).toEqual([named, expect.objectContaining({ status: "Error" })]);
    expect(failed(throwing("hunter2SECRET"))[1]).toMatchObject({ status: "string" });
  });

  it("throws the caller's own error, whatever its getters and its proxy do", () => {
    const second = (): never => {
      throw new Error("second");
    };
    const getter = Object.defineProperty(new Error("first"), "name", { get: second });
    const proxy = new Proxy(new Error("first"), { get: second, getPrototypeOf: second });
    const heir: object = Object.create(new Proxy({}, { get: second, getPrototypeOf: second, has: second }));
    for (const error of [getter, proxy, heir]) {
      const [thrown, trace] = failed(throwing(error));
      expect(thrown === error).toBe(true);
      expect(trace?.status).toMatch(/^(Error|Object)$/);
    }
  });

  it("publishes what a successful acquisition used, also where the options are a proxy", () => {
    const options = { ...good, provider: scripted({}).provider, identity: { user: "alice", password: "userpw" } };
    Credential.acquireSync(new Proxy(options, {})).close();
    expect(acquisitions).toMatchObject([{ package: "Scripted", use: "outbound", identity: "given" }]);
  });
});
