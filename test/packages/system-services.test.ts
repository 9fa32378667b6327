import { expect, it } from "vitest";
import { LSA_ALLOCATE_CLIENT_BUFFER, LSA_COPY_TO_CLIENT_BUFFER } from "../../generated/ntsecpkg/callbacks.ts";
import { LSA_SECPKG_FUNCTION_TABLE } from "../../generated/ntsecpkg/structs.ts";
import type { Struct } from "../../src/ctypes/index.ts";
import { implement, NativeTable } from "../../src/interface/native-table.ts";
import { copyOut, writePointer } from "../../src/native/index.ts";
import { SystemServices } from "../../src/packages/author/system-services.ts";
import { keepBuffers } from "../memory/kept-buffers.ts";

it("the copy of a package's answer that goes to LSA is zeroed after the call", () => {
  keepBuffers();
  const seen: { readonly address: bigint; readonly text: string }[] = [];
  const lsa = {
    AllocateClientBuffer: implement(LSA_ALLOCATE_CLIENT_BUFFER, (_request, _size, out) => {
      writePointer(out, 0x5_0000n);
      return 0;
    }),
    CopyToClientBuffer: implement(LSA_COPY_TO_CLIENT_BUFFER, (_request, length, _client, source) => {
      seen.push({ address: BigInt(source), text: Buffer.from(copyOut(source, length)).toString() });
      return 0;
    }),
  };
  const table = new NativeTable(LSA_SECPKG_FUNCTION_TABLE as Struct, [lsa], {});
  const services = new SystemServices();
  services.attachLsa(table.address);
  expect(services.clientBytes(0n, Buffer.from("hunter2-geheim"))).toBe(0x5_0000n);
  table.release();
  const [{ address, text } = { address: 0n, text: "" }] = seen;
  expect(text).toBe("hunter2-geheim");
  expect(copyOut(address, text.length)).toEqual(new Uint8Array(text.length));
});
