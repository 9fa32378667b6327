import { createHook } from "node:async_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, describe, expect, it, vi } from "vitest";
import { ClientContext, Credential, type SecurityProvider, ServerContext } from "../../src/index.ts";
import { Arena } from "../../src/memory/index.ts";
import { established, tokenOf } from "./ntlm.ts";
import { alice, ntlmFacts, providers } from "./providers.ts";

/**
 * The costs of an operation that can be measured without a clock. A commit that changes a number says why it is right.
 */
interface Cost {
  /** Native calls by name. */
  readonly calls: Readonly<Record<string, number>>;
  /** Native scratch memory that was requested, in KiB: names of files differ in length. */
  readonly scratch: number;
}

/** The costs of a handshake of NTLM with both credentials acquired for it, by the version of WinPR. */
const handshakes: Readonly<Record<string, Cost>> = {
  "2": {
    calls: {
      AcquireCredentialsHandleW: 3,
      InitializeSecurityContextW: 2,
      AcceptSecurityContext: 2,
      SetContextAttributesW: 1,
      CompleteAuthToken: 1,
      DeleteSecurityContext: 2,
      FreeCredentialsHandle: 3,
    },
    scratch: 12,
  },
  "3": {
    calls: {
      AcquireCredentialsHandleW: 3,
      InitializeSecurityContextW: 2,
      AcceptSecurityContext: 2,
      DeleteSecurityContext: 2,
      FreeCredentialsHandle: 3,
    },
    scratch: 12,
  },
};

/** The provider, with its calls counted by name. */
function counted(provider: SecurityProvider): { provider: SecurityProvider; calls: Record<string, number> } {
  const calls: Record<string, number> = {};
  const counting = Object.create(provider) as SecurityProvider;
  const proxy = new Proxy(counting, {
    get(target, name, receiver) {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== "function" || !/^[A-Z]/.test(String(name))) return member;
      return (...args: unknown[]) => {
        calls[String(name)] = (calls[String(name)] ?? 0) + 1;
        return (member as (...args: unknown[]) => unknown).apply(provider, args);
      };
    },
  });
  return { provider: proxy, calls };
}

/** The costs of the second run of `work`: the first run binds functions and looks packages up. */
function costOf(work: () => void, calls: Record<string, number>): Cost {
  work();
  for (const name of Object.keys(calls)) delete calls[name];
  const allocated = vi.spyOn(Arena.prototype, "allocate");
  work();
  const scratch = allocated.mock.calls.reduce((sum, [size]) => sum + size, 0);
  allocated.mockRestore();
  return { calls: { ...calls }, scratch: Math.round(scratch / 1024) };
}

/** How much the heap has grown over 10,000 rounds, in bytes. */
function growthOf(work: () => void): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  for (let round = 0; round < 2_000; round += 1) work();
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let round = 0; round < 10_000; round += 1) work();
  collect();
  return process.memoryUsage().heapUsed - before;
}

async function promisesOf(work: () => Promise<unknown>): Promise<number> {
  let promises = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === "PROMISE") promises += 1;
    },
  });
  hook.enable();
  await work();
  hook.disable();
  return promises;
}

afterEach(() => vi.restoreAllMocks());

describe.each(providers.map((provider) => ({ label: provider.label, provider })))("on $label", ({ provider: real }) => {
  const settings = ntlmFacts(real).server;

  it("a handshake makes as many native calls as it has to, and needs as much scratch memory", () => {
    const { provider, calls } = counted(real);
    const handshake = (): void => established(provider)[Symbol.dispose]();
    expect(costOf(handshake, calls)).toEqual(handshakes[real.version?.[0] ?? ""]);
  });

  it("messages and queries are one native call each", () => {
    const { provider, calls } = counted(real);
    using sides = established(provider);
    const [token, data] = [Buffer.alloc(16), Buffer.alloc(1024)];
    const seal = costOf(() => {
      sides.client.encryptInPlace(token, data);
      sides.server.decryptInPlace(token, data);
    }, calls);
    expect(seal).toEqual({ calls: { EncryptMessage: 1, DecryptMessage: 1 }, scratch: 0 });
    const query = costOf(() => sides.client.query("sizes"), calls);
    expect(query).toEqual({ calls: { QueryContextAttributesW: 1 }, scratch: 0 });
  });

  it("10,000 messages and queries leave nothing on the heap", () => {
    using sides = established(real);
    const [token, data] = [Buffer.alloc(16), Buffer.alloc(16)];
    const growth = growthOf(() => {
      sides.client.encryptInPlace(token, data);
      sides.server.decryptInPlace(token, data);
      sides.client.query("sizes");
    });
    expect(growth).toBeLessThan(256 * 1024);
  });

  it("a leg off the event loop takes no more promises than it has to", async () => {
    using outbound = Credential.acquireSync({ package: "NTLM", use: "outbound", identity: alice, provider: real });
    using inbound = Credential.acquireSync({ package: "NTLM", use: "inbound", ...settings, provider: real });
    const legs = async (): Promise<number> => {
      using client = new ClientContext(outbound, { target: "HTTP/localhost" });
      using server = new ServerContext(inbound);
      const token = tokenOf(client.stepSync()) as Buffer;
      return await promisesOf(() => server.step(token));
    };
    await legs();
    // 17 where the token has to be completed, 14 where not, in Node 20.
    expect(await legs()).toBeLessThanOrEqual(20);
  });
});
