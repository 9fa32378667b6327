import { afterEach, describe, expect, it, vi } from "vitest";
import {
  SecBuffer,
  SecPkgContext_KeyInfoW,
  SecPkgContext_NativeNamesW,
  SecPkgContext_NegoKeys,
} from "../../generated/sspi/structs.ts";
import { SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../generated/status/constants.ts";
import { ClientContext, live, type SecurityProvider } from "../../src/index.ts";
import { copyHandedOut, readWideString } from "../../src/native/memory-access.ts";
import { nothingLive } from "../nothing-live.ts";
import { outbound, type Script, scripted } from "../scripted/scripted.ts";
import { writeNative, writeNativeStruct } from "../scripted/scripted-heap.ts";

// The setup file has loaded the real module already; the modules imported here have to use the mock.
vi.hoisted(() => vi.resetModules());
vi.mock("../../src/native/memory-access.ts", { spy: true });
afterEach(() => {
  vi.restoreAllMocks();
  expect(live()).toEqual(nothingLive);
});

/** Reading can fail because JavaScript's heap is full. */
function heapIsFull(): never {
  throw new RangeError("Array buffer allocation failed");
}

describe("memory of the package that cannot be read", () => {
  it("ISC-06 a token is freed once all the same, and the context deleted", () => {
    const token = Buffer.from("allocated");
    const sspi = scripted({ legs: [{ status: SEC_I_CONTINUE_NEEDED, allocated: true, token }] });
    using credential = outbound(sspi);
    using client = new ClientContext(credential, { request: ["allocateMemory"] });
    vi.mocked(copyHandedOut).mockImplementationOnce(heapIsFull);
    expect(() => client.stepSync()).toThrow("allocation failed");
    expect(sspi.released.slice(-2)).toEqual(["FreeContextBuffer", "DeleteSecurityContext"]);
  });

  it.each([0, 1])("both strings of an attribute are freed once when string %i is unreadable", (index) => {
    const sspi = scripted(
      answering(({ address, heap }) =>
        writeNativeStruct(SecPkgContext_NativeNamesW, address, {
          sClientName: heap.wideString("alice"),
          sServerName: heap.wideString("server"),
        }),
      ),
    );
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    client.stepSync();
    const freed = sspi.count("FreeContextBuffer");
    const reading = vi.mocked(readWideString);
    if (index === 1) reading.mockReturnValueOnce("alice");
    reading.mockImplementationOnce(heapIsFull);
    expect(() => client.query("nativeNames")).toThrow("allocation failed");
    expect(sspi.count("FreeContextBuffer") - freed).toBe(2);
    expect(client.query("nativeNames")).toEqual({ sClientName: "alice", sServerName: "server" });
  });

  it("both keys of an attribute are freed once when the first is unreadable", () => {
    const sspi = scripted(
      answering(({ address, heap }) =>
        writeNativeStruct(SecPkgContext_NegoKeys, address, {
          KeyLength: 3,
          KeyValue: heap.allocate(Buffer.from("abc")),
          VerifyKeyLength: 4,
          VerifyKeyValue: heap.allocate(Buffer.from("defg")),
        }),
      ),
    );
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    client.stepSync();
    const freed = sspi.count("FreeContextBuffer");
    vi.mocked(copyHandedOut).mockImplementationOnce(heapIsFull);
    expect(() => client.query("negoKeys")).toThrow("allocation failed");
    expect(sspi.count("FreeContextBuffer") - freed).toBe(2);
  });

  it("a packed context is freed once, and the token that came with it is closed", () => {
    const sspi = scripted({ legs: [{ status: SEC_E_OK }] });
    const ExportSecurityContext: SecurityProvider["ExportSecurityContext"] = (_, __, packed, token) => {
      writeNativeStruct(SecBuffer, packed, { cbBuffer: 4, pvBuffer: sspi.heap.allocate(Buffer.from("keys")) });
      if (BigInt(token) !== 0n)
        writeNative(token, new Uint8Array(BigInt64Array.of(BigInt(sspi.handles.issue("token"))).buffer));
      return SEC_E_OK;
    };
    Object.assign(sspi.provider, { ExportSecurityContext });
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    client.stepSync();
    const freed = sspi.count("FreeContextBuffer");
    for (const withToken of [true, false]) {
      vi.mocked(copyHandedOut).mockImplementationOnce(heapIsFull);
      expect(() => client.export({ withToken })).toThrow("allocation failed");
    }
    expect([sspi.count("FreeContextBuffer") - freed, sspi.count("CloseHandle"), live().tokens]).toEqual([2, 1, 0]);
  });

  it("a string that is NULL is neither read nor freed", () => {
    const sspi = scripted(
      answering(({ address, heap }) =>
        writeNativeStruct(SecPkgContext_KeyInfoW, address, {
          sSignatureAlgorithmName: heap.wideString("HMAC"),
          KeySize: 128,
        }),
      ),
    );
    using credential = outbound(sspi);
    using client = new ClientContext(credential);
    client.stepSync();
    const freed = sspi.count("FreeContextBuffer");
    expect(client.query("keyInfo")).toMatchObject({
      sSignatureAlgorithmName: "HMAC",
      sEncryptAlgorithmName: "",
      KeySize: 128,
    });
    expect(sspi.count("FreeContextBuffer") - freed).toBe(1);
  });
});

function answering(write: (call: Parameters<NonNullable<Script["contextAttributes"]>>[0]) => void): Script {
  return {
    legs: [{ status: SEC_E_OK }],
    contextAttributes: (call) => {
      write(call);
      return SEC_E_OK;
    },
  };
}
