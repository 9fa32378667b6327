import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SEC_E_MESSAGE_ALTERED, SEC_E_OK, SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import type { HttpTrace, LegTrace, MessageTrace, ShutdownTrace } from "../../src/index.ts";
import { guardedServer } from "../http/server/guarded-server.ts";
import { complete, scripted } from "../scripted/scripted.ts";

const names = ["sspi-ffi:leg", "sspi-ffi:message", "sspi-ffi:shutdown", "sspi-ffi:http"] as const;
const told: Record<string, unknown[]> = {};
const onTrace = (trace: unknown, name: string | symbol): void => void told[String(name)]?.push(trace);
const messages = () => told["sspi-ffi:message"] as readonly MessageTrace[];
const requests = () => told["sspi-ffi:http"] as readonly HttpTrace[];

beforeEach(() => {
  for (const name of names) {
    told[name] = [];
    subscribe(name, onTrace);
  }
});
afterEach(() => {
  for (const name of names) unsubscribe(name, onTrace);
});

const accept = (): number => SEC_E_OK;
const secret = Buffer.from("the secret words");
const goodbye = Buffer.from("goodbye");
/** The second leg is the one after shutdown(), which makes the closing message. */
const legs = [{ status: SEC_E_OK }, { status: SEC_E_OK, token: goodbye }];

describe("the channel sspi-ffi:message", () => {
  it("publishes size and status of each native call, under the context's number", () => {
    using client = complete(scripted({ encrypt: accept, sign: accept, verify: () => SEC_E_MESSAGE_ALTERED }));
    const encrypted = client.encrypt(secret);
    const signature = client.sign(secret);
    expect(() => client.verify(secret, Buffer.alloc(16))).toThrow(/SEC_E_MESSAGE_ALTERED/);
    const [leg] = told["sspi-ffi:leg"] as readonly LegTrace[];
    const common = {
      context: leg?.context,
      package: client.package,
      provider: client.provider.label,
      duration: expect.any(Number),
      sync: true,
    };
    expect(messages()).toEqual([
      { ...common, operation: "EncryptMessage", size: expect.any(Number), status: "SEC_E_OK" },
      { ...common, operation: "MakeSignature", size: expect.any(Number), status: "SEC_E_OK" },
      { ...common, operation: "VerifySignature", size: secret.length + 16, status: "SEC_E_MESSAGE_ALTERED" },
    ]);
    expect(messages().map(({ size }) => size)).toEqual([
      expect.toSatisfy((size: number) => size >= encrypted.length),
      expect.toSatisfy((size: number) => size >= secret.length + signature.length),
      expect.any(Number),
    ]);
  });

  it("publishes nothing for a message that does not reach the package", () => {
    using client = complete(scripted({ decrypt: accept }));
    expect(() => client.decrypt("text" as never)).toThrow(TypeError);
    expect(messages()).toEqual([]);
  });
});

describe("the channel sspi-ffi:shutdown", () => {
  it("publishes the size of the closing message, or the status of the failure", async () => {
    using client = complete(scripted({ legs, applyControl: accept }));
    client.shutdownSync();
    using refused = complete(scripted({ applyControl: () => SEC_E_UNSUPPORTED_FUNCTION }));
    await expect(refused.shutdown()).rejects.toThrow(/SEC_E_UNSUPPORTED_FUNCTION/);
    expect(told["sspi-ffi:shutdown"] as readonly ShutdownTrace[]).toMatchObject([
      { status: "SEC_E_OK", sent: goodbye.length, sync: true, package: client.package },
      { status: "SEC_E_UNSUPPORTED_FUNCTION", sent: 0, sync: false },
    ]);
  });
});

describe("the channel sspi-ffi:http", () => {
  it("publishes each request's response status, or the package that authenticated the user", async () => {
    await using server = await guardedServer();
    const client = await server.connect();
    await client.get();
    await client.get("ticket alice@EXAMPLE.TEST");
    expect(requests()).toEqual([
      { verdict: "response", status: 401, duration: expect.any(Number), sync: true },
      {
        ...{ verdict: "user", status: 0, package: server.users[0]?.package },
        ...{ duration: expect.any(Number), sync: false },
      },
    ]);
  });
});

describe("traces of messages, shutdowns and requests", () => {
  it("E9 never contain a name, a target or a byte of a message", async () => {
    await using server = await guardedServer();
    await (await server.connect()).get("ticket alice@EXAMPLE.TEST");
    using client = complete(scripted({ legs, encrypt: accept, applyControl: accept }));
    client.encrypt(secret);
    client.shutdownSync();
    const text = inspect(told, { depth: Infinity, showHidden: true });
    expect(Object.values(told).map((traces) => traces.length > 0)).toEqual([true, true, true, true]);
    for (const word of ["alice", "EXAMPLE", "secret", "goodbye", secret.toString("hex"), secret.toString("base64")])
      expect(text).not.toContain(word);
  });
});
