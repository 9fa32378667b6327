import { describe, expect, it, onTestFinished } from "vitest";
import {
  LSA_ALLOCATE_CLIENT_BUFFER,
  LSA_ALLOCATE_LSA_HEAP,
  LSA_COPY_FROM_CLIENT_BUFFER,
  LSA_COPY_TO_CLIENT_BUFFER,
  LSA_DUPLICATE_HANDLE,
  LSA_FREE_CLIENT_BUFFER,
  LSA_FREE_LSA_HEAP,
  LSA_GET_CLIENT_INFO,
} from "../../generated/ntsecpkg/callbacks.ts";
import {
  LSA_SECPKG_FUNCTION_TABLE,
  SECPKG_CLIENT_INFO,
  SECPKG_DLL_FUNCTIONS,
} from "../../generated/ntsecpkg/structs.ts";
import type { Struct } from "../../src/ctypes/index.ts";
import { NativeMemory } from "../../src/interface/native-memory.ts";
import { type Implementations, implement, NativeTable } from "../../src/interface/native-table.ts";
import { copyMemory, copyOut, writePointer, writeStruct } from "../../src/native/index.ts";
import { SystemServices } from "../../src/packages/author/system-services.ts";
import { keepBuffers } from "../memory/kept-buffers.ts";

const error = (code: string) => expect.objectContaining({ code });
const failure = 0xc000_0022;

/** A host's heap whose blocks and calls are recorded; `null` allocates nothing. */
function heap(calls: unknown[], name: string, allocates: boolean) {
  const memory = new NativeMemory();
  return {
    allocate: (size: number | bigint): bigint => {
      const address = allocates ? BigInt(memory.allocate(Number(size)).address) : 0n;
      calls.push([`${name} allocates`, Number(size)]);
      return address;
    },
    free: (address: number | bigint): void => void calls.push([`${name} frees`, BigInt(address)]),
  };
}

interface Hosted {
  readonly allocates?: boolean;
  readonly answers?: { readonly allocate?: number; readonly copy?: number; readonly duplicate?: number };
  readonly without?: readonly string[];
  readonly dll?: boolean;
}

/** The services of a host that does as told, and the calls that it got. */
function hostedBy({ allocates = true, answers = {}, without = [], dll = false }: Hosted) {
  const calls: unknown[] = [];
  const [lsaHeap, dllHeap] = [heap(calls, "LSA", allocates), heap(calls, "DLL", allocates)];
  const members: Implementations = {
    AllocateLsaHeap: implement(LSA_ALLOCATE_LSA_HEAP, lsaHeap.allocate),
    FreeLsaHeap: implement(LSA_FREE_LSA_HEAP, lsaHeap.free),
    AllocateClientBuffer: implement(LSA_ALLOCATE_CLIENT_BUFFER, (request, size, out) => {
      calls.push(["client allocates", BigInt(request), size]);
      writePointer(out, lsaHeap.allocate(size));
      return answers.allocate ?? 0;
    }),
    FreeClientBuffer: implement(LSA_FREE_CLIENT_BUFFER, (request, address) => {
      calls.push(["client frees", BigInt(request), BigInt(address)]);
      return 0;
    }),
    CopyToClientBuffer: implement(LSA_COPY_TO_CLIENT_BUFFER, (_request, length, client, source) => {
      if (answers.copy === undefined) copyMemory(client, source, length);
      return answers.copy ?? 0;
    }),
    CopyFromClientBuffer: implement(LSA_COPY_FROM_CLIENT_BUFFER, (_request, length, target, client) => {
      calls.push(["copies", length]);
      if (answers.copy === undefined) copyMemory(target, client, length);
      return answers.copy ?? 0;
    }),
    DuplicateHandle: implement(LSA_DUPLICATE_HANDLE, (source, target) => {
      writePointer(target, BigInt(source) + 4n);
      return answers.duplicate ?? 0;
    }),
    GetClientInfo: implement(LSA_GET_CLIENT_INFO, (info) => {
      writeStruct(SECPKG_CLIENT_INFO, info, { LogonId: { LowPart: 5, HighPart: -1 }, ProcessID: 4711 } as never);
      return 0;
    }),
  };
  const present = Object.fromEntries(Object.entries(members).filter(([name]) => !without.includes(name)));
  const services = new SystemServices();
  const held = [new NativeTable(LSA_SECPKG_FUNCTION_TABLE as Struct, [present], {})];
  services.attachLsa(held[0]?.address as number);
  if (dll) {
    const own = {
      AllocateHeap: implement(LSA_ALLOCATE_LSA_HEAP, dllHeap.allocate),
      FreeHeap: implement(LSA_FREE_LSA_HEAP, dllHeap.free),
    };
    held.push(new NativeTable(SECPKG_DLL_FUNCTIONS as Struct, [own], {}));
    services.attachDll(held[1]?.address as number);
  }
  onTestFinished(() => {
    for (const table of held) table.release();
  });
  return { services, calls };
}

const content = Buffer.from("hunter2-geheim");
const textAt = (address: bigint) => Buffer.from(copyOut(address, content.length)).toString();

describe("memory that a package in TypeScript hands out", () => {
  it("is the LSA's for the LSA, and the DLL's for the caller if the host has given that table", () => {
    const { services, calls } = hostedBy({ dll: true });
    const [lsa, caller] = [services.lsaBytes(content), services.callerBytes(content)];
    expect([lsa, caller].map(textAt)).toEqual([content, content].map(String));
    services.freeLsaBytes(lsa);
    services.freeCallerBytes(caller);
    expect(calls).toEqual([
      ["LSA allocates", content.length],
      ["DLL allocates", content.length],
      ["LSA frees", lsa],
      ["DLL frees", caller],
    ]);
  });

  it("is the LSA's for the caller too if the host has given no table of the DLL", () => {
    const { services, calls } = hostedBy({});
    const caller = services.callerBytes(content);
    services.freeCallerBytes(caller);
    expect(calls).toEqual([
      ["LSA allocates", content.length],
      ["LSA frees", caller],
    ]);
  });

  it.each<[string, Hosted]>([
    ["has run out", { allocates: false }],
    ["has no function to allocate", { without: ["AllocateLsaHeap"] }],
  ])("is SEC_E_INSUFFICIENT_MEMORY where the host's %s", (_what, hosted) => {
    const { services } = hostedBy(hosted);
    expect(() => services.lsaBytes(content)).toThrow(error("SEC_E_INSUFFICIENT_MEMORY"));
    expect(() => services.callerBytes(content)).toThrow(error("SEC_E_INSUFFICIENT_MEMORY"));
  });
});

describe("an answer that goes to LSA's client", () => {
  it("is copied to memory of the client's request, and the copy that goes to LSA is zeroed after the call", () => {
    const kept = keepBuffers();
    const { services, calls } = hostedBy({});
    const before = kept.length;
    const address = services.clientBytes(5n, content);
    const copies = kept.slice(before).filter((buffer) => Buffer.from(buffer).includes(content));
    expect(textAt(address)).toBe(content.toString());
    expect(calls).toEqual([
      ["client allocates", 5n, content.length],
      ["LSA allocates", content.length],
    ]);
    // Only the client's memory has it.
    expect(copies.map((buffer) => Buffer.from(buffer).length)).toEqual([16]);
  });

  it.each<[string, Hosted, string]>([
    ["LSA does not allocate", { answers: { allocate: failure } }, "SEC_E_INSUFFICIENT_MEMORY"],
    ["LSA has no function to allocate", { without: ["AllocateClientBuffer"] }, "SEC_E_INSUFFICIENT_MEMORY"],
    ["LSA has no function to copy", { without: ["CopyToClientBuffer"] }, "SEC_E_INSUFFICIENT_MEMORY"],
    ["LSA does not copy", { answers: { copy: failure } }, "SEC_E_INTERNAL_ERROR"],
  ])("fails if %s, and its memory is released if there is any", (_what, hosted, code) => {
    const { services, calls } = hostedBy(hosted);
    expect(() => services.clientBytes(5n, content)).toThrow(error(code));
    const released = calls.filter((call) => (call as unknown[])[0] === "client frees");
    expect(released).toEqual(hosted.answers?.copy ? [["client frees", 5n, expect.any(BigInt)]] : []);
  });
});

describe("the client's memory, as a package in TypeScript reads it", () => {
  it("is copied by LSA, and no bytes without a call", () => {
    const { services, calls } = hostedBy({});
    const room = new NativeMemory().bytes(content);
    expect(services.fromClient(BigInt(room.address), content.length)).toEqual(content);
    expect(services.fromClient(5n, 0)).toEqual(Buffer.alloc(0));
    expect(calls).toEqual([["copies", content.length]]);
  });

  it.each<Hosted>([{ answers: { copy: failure } }, { without: ["CopyFromClientBuffer"] }])(
    "is SEC_E_INTERNAL_ERROR if LSA does not copy it: %o",
    (hosted) => {
      const { services } = hostedBy(hosted);
      expect(() => services.fromClient(5n, 4)).toThrow(error("SEC_E_INTERNAL_ERROR"));
    },
  );
});

describe("the services of a package's host", () => {
  it("tell the calling process and its logon session", () => {
    const caller = { processId: 4711, logonId: { LowPart: 5, HighPart: -1 } };
    expect(hostedBy({}).services.client()).toEqual(caller);
    expect(hostedBy({ without: ["GetClientInfo"] }).services.client()).toEqual({
      processId: 0,
      logonId: { LowPart: 0, HighPart: 0 },
    });
  });

  it("duplicate a handle, or fail with SEC_E_INTERNAL_ERROR", () => {
    expect(hostedBy({}).services.duplicate(0x10n)).toBe(0x14n);
    for (const hosted of [{ answers: { duplicate: failure } }, { without: ["DuplicateHandle"] }])
      expect(() => hostedBy(hosted).services.duplicate(0x10n)).toThrow(error("SEC_E_INTERNAL_ERROR"));
  });

  it("are attached between Initialize and Shutdown, and give nothing outside of that", () => {
    const services = new SystemServices();
    expect(services.attached).toBe(false);
    expect(() => services.lsaBytes(content)).toThrow(error("SEC_E_INSUFFICIENT_MEMORY"));
    const attached = hostedBy({ dll: true });
    expect(attached.services.attached).toBe(true);
    attached.services.detach();
    expect(attached.services.attached).toBe(false);
    expect(() => attached.services.callerBytes(content)).toThrow(error("SEC_E_INSUFFICIENT_MEMORY"));
    for (const release of ["freeLsaBytes", "freeCallerBytes"] as const) attached.services[release](5n);
    expect(() => attached.services.fromClient(5n, 1)).toThrow(error("SEC_E_INTERNAL_ERROR"));
    expect(attached.calls).toEqual([]);
  });
});
