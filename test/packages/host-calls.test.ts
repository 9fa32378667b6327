import { describe, expect, it, onTestFinished } from "vitest";
import {
  LSA_ALLOCATE_LSA_HEAP,
  LSA_AP_CALL_PACKAGE,
  SpAcquireCredentialsHandleFn,
  SpInitializeFn,
  SpInitLsaModeContextFn,
  SpInitUserModeContextFn,
} from "../../generated/ntsecpkg/callbacks.ts";
import { LSA_SECPKG_FUNCTION_TABLE } from "../../generated/ntsecpkg/structs.ts";
import { SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import { SecBuffer } from "../../generated/sspi/structs.ts";
import { SEC_E_OK, SEC_E_SECPKG_NOT_FOUND } from "../../generated/status/constants.ts";
import { type Address, hostAbi, type Struct } from "../../src/ctypes/index.ts";
import { DisposedError } from "../../src/index.ts";
import { ForeignTable, type Implementations, implement } from "../../src/interface/native-table.ts";
import { writeBytes, writePointer, writeStruct, writeUint8, writeUint32 } from "../../src/native/index.ts";
import { HostCore } from "../../src/packages/host/host-core.ts";
import type { HostedPackage } from "../../src/packages/host/hosted-package.ts";
import { Watchdog } from "../../src/packages/host/watchdog.ts";
import { keptMemory } from "../interface/kept-memory.ts";
import { thrownBy } from "../thrown-by.ts";
import { hosted } from "./hosted.ts";
import { getInfo, hostOf, nativeModule } from "./native-package.ts";
import { descriptorOf } from "./raw-calls.ts";

/** A package that allocates from the LSA's heap, with these functions in addition. */
function allocating(members: (allocate: (text: string) => bigint) => Implementations, user?: Implementations) {
  let table: ForeignTable | undefined;
  const allocate = (text: string): bigint => {
    const address = table?.find("AllocateLsaHeap", LSA_ALLOCATE_LSA_HEAP)?.(text.length) ?? 0;
    writeBytes(address, Buffer.from(text));
    return BigInt(address);
  };
  const lsa = {
    GetInfo: getInfo("Native"),
    Initialize: implement(SpInitializeFn, (_id, _parameters, address) => {
      const { size } = (LSA_SECPKG_FUNCTION_TABLE as Struct).layouts[hostAbi];
      table = new ForeignTable(LSA_SECPKG_FUNCTION_TABLE as Struct, BigInt(address), size);
      return 0;
    }),
    ...members(allocate),
  };
  return hostOf(nativeModule({ members: [lsa] }, user && { members: [user] }));
}

const foreign = (): bigint => BigInt(keptMemory().bytes(Buffer.from("foreign")).address);

describe("a package's reply to a message", () => {
  const replying = (
    reply: (allocate: (text: string) => bigint) => readonly [bigint, number],
    protocol = 0,
    answer = 0,
  ) =>
    allocating((allocate) => ({
      CallPackage: implement(LSA_AP_CALL_PACKAGE, (request, submit, base, size, place, placeSize, status) => {
        expect([BigInt(request), size, BigInt(submit) === BigInt(base)]).toEqual([0n, 7, true]);
        const [address, length] = reply(allocate);
        writePointer(place, address);
        writeUint32(placeSize, length);
        writeUint32(status, protocol);
        return answer;
      }),
    }));
  const message = Buffer.from("message");

  it("is copied and released, and may be shorter than its allocation", () => {
    const host = replying((allocate) => [allocate("a reply"), 3]);
    expect(host.callPackage("native", message).toString()).toBe("a r");
    expect(host.diagnostics()).toMatchObject({ held: [], misdeeds: [] });
    expect(replying(() => [0n, 9]).callPackage("Native", message)).toHaveLength(0);
  });

  it("that claims more than its allocation has is SEC_E_INTERNAL_ERROR, recorded and released", () => {
    const host = replying((allocate) => [allocate("a reply"), 8]);
    expect(thrownBy(() => host.callPackage("Native", message)).code).toBe("SEC_E_INTERNAL_ERROR");
    expect(host.diagnostics()).toMatchObject({
      held: [],
      misdeeds: [{ package: expect.any(String), kind: "wrong-size", text: "claims 8 bytes in an answer of 7" }],
    });
  });

  it("of none of the host's heaps is copied, and recorded", () => {
    const host = replying(() => [foreign(), 7]);
    expect(host.callPackage("Native", message).toString()).toBe("foreign");
    expect(host.diagnostics().misdeeds).toMatchObject([{ kind: "unknown-pointer" }]);
  });

  it("is released when the call or the message fails, and the failure keeps the package's own status", () => {
    const reply = (allocate: (text: string) => bigint) => [allocate("a reply"), 7] as const;
    for (const host of [replying(reply, 0xc000_0022), replying(reply, 0, 0xc000_0022 | 0)]) {
      expect(thrownBy(() => host.callPackage("Native", message)).code).toBe("STATUS_ACCESS_DENIED");
      expect(host.diagnostics()).toMatchObject({ held: [], misdeeds: [] });
    }
    expect(replying(reply, 0x103).callPackage("Native", message).toString()).toBe("a reply");
  });
});

describe("the data of a context that a package gives to user mode", () => {
  const status = (data: (allocate: (text: string) => bigint) => bigint, mapped: number, answer = 0) => {
    const given: unknown[] = [];
    const user = {
      InitUserModeContext: implement(SpInitUserModeContextFn, (handle, packed) => {
        given.push([BigInt(handle), packed !== 0]);
        return answer;
      }),
    };
    const host = allocating(
      (allocate) => ({
        AcquireCredentialsHandle: implement(SpAcquireCredentialsHandleFn, (...args) => {
          writePointer(args[6] as Address, 0x50n);
          return 0;
        }),
        InitLsaModeContext: implement(SpInitLsaModeContextFn, (...args) => {
          const [slot, mappedAt, dataAt] = [args[6], args[10], args[11]] as [Address, Address, Address];
          writePointer(slot, 0x60n);
          writeUint8(mappedAt, mapped);
          writeStruct(SecBuffer, dataAt, { cbBuffer: 4, BufferType: SECBUFFER_TOKEN, pvBuffer: data(allocate) });
          return 0;
        }),
      }),
      user,
    );
    const { provider } = host;
    const memory = keptMemory();
    const [credential, context] = [memory.allocate(16).address, memory.allocate(16).address];
    provider.AcquireCredentialsHandleW(0, memory.wideString("Native").address, 2, 0, 0, 0, 0, credential, 0);
    const output = descriptorOf(memory, [SECBUFFER_TOKEN, new Uint8Array(8)]);
    const leg = provider.InitializeSecurityContextW(credential, 0, 0, 0, 0, 0, 0, 0, context, output, 0, 0);
    return { leg, given, host };
  };

  it("reaches it only if the package says that it is mapped, and is released in any case", () => {
    const mapped = status((allocate) => allocate("data"), 1);
    expect([mapped.leg, mapped.given]).toEqual([SEC_E_OK, [[0x60n, true]]]);
    const unmapped = status((allocate) => allocate("data"), 0);
    expect([unmapped.leg, unmapped.given]).toEqual([SEC_E_OK, []]);
    for (const { host } of [mapped, unmapped]) expect(host.diagnostics()).toMatchObject({ held: [], misdeeds: [] });
  });

  it("of none of the host's heaps is recorded and leaked", () => {
    const { host } = status(foreign, 1);
    expect(host.diagnostics().misdeeds).toMatchObject([
      { kind: "unknown-pointer", text: expect.stringContaining("context data at 0x") },
    ]);
    expect(status(() => 0n, 1).host.diagnostics().misdeeds).toEqual([]);
  });

  it("is released when user mode refuses it, and the new context is deleted", () => {
    const { leg, host } = status((allocate) => allocate("data"), 1, 0x8009_0308 | 0);
    expect(leg >>> 0).toBe(0x8009_0308);
    expect(host.diagnostics()).toMatchObject({ held: [], open: { contexts: 0 } });
  });
});

describe("the provider of a host", () => {
  it("rejects a call off the event loop after close(), and still answers releases", async () => {
    const { host, provider } = hosted();
    host.close();
    await expect(provider.callAsync("AcquireCredentialsHandleW", 0, 0, 2, 0, 0, 0, 0, 0, 0)).rejects.toThrow(
      DisposedError,
    );
    expect(() => provider.EnumerateSecurityPackagesW(0, 0)).toThrow(DisposedError);
    expect(provider.FreeContextBuffer(0)).toBe(SEC_E_OK);
  });

  it("runs a call off the event loop at once, and explains a failure by the package's error", async () => {
    const { provider } = hosted();
    const name = keptMemory().wideString("Nobody").address;
    const place = keptMemory().allocate(16).address;
    expect(await provider.callAsync("AcquireCredentialsHandleW", 0, name, 2, 0, 0, 0, 0, place, 0)).toBe(
      SEC_E_SECPKG_NOT_FOUND,
    );
  });
});

describe("the calls that a host counts", () => {
  it("are nested: the innermost package is current, also after one throws", () => {
    const host = new HostCore({});
    const [one, two] = ["One", "Two"].map((name) => ({ name }) as HostedPackage) as [HostedPackage, HostedPackage];
    const fail = (): never => {
      throw new Error("mine");
    };
    const names = host.within(one, () => {
      const inner = host.within(two, () => host.current?.name);
      expect(() => host.within(two, fail)).toThrow("mine");
      return [inner, host.current?.name];
    });
    expect([names, host.current, host.calls]).toEqual([["Two", "One"], undefined, 3]);
  });

  it("are told to the watchdog: one turn at the begin and one at the end of the outermost call", () => {
    const turns: bigint[] = [];
    const add = Atomics.add;
    Atomics.add = ((array: Int32Array, index: number, value: number) => {
      turns.push(BigInt(value));
      return add(array, index, value);
    }) as typeof Atomics.add;
    onTestFinished(() => {
      Atomics.add = add;
    });
    const watchdog = new Watchdog(60_000);
    onTestFinished(() => watchdog.close());
    const host = new HostCore({}, watchdog);
    const one = { name: "n".repeat(300) } as HostedPackage;
    host.within(one, () => {
      expect(turns).toHaveLength(1);
      host.within(one, () => expect(turns).toHaveLength(1));
      expect(turns).toHaveLength(1);
    });
    expect(turns).toHaveLength(2);
    expect(() =>
      host.within(one, () => {
        throw new Error("mine");
      }),
    ).toThrow("mine");
    expect(turns).toHaveLength(4);
  });
});
