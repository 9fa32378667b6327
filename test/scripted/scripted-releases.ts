import { SEC_E_INVALID_HANDLE, SEC_E_OK } from "../../generated/status/constants.ts";
import type { Address } from "../../src/ctypes/index.ts";
import type { ReleaseFunction } from "../../src/memory/index.ts";
import type { Handlers, ScriptedBook } from "./scripted-book.ts";
import type { HandleKind } from "./scripted-handles.ts";

export function releaseFunctions(book: ScriptedBook): Handlers {
  return {
    FreeCredentialsHandle: (handle) => release(book, "FreeCredentialsHandle", "credential", handle),
    DeleteSecurityContext: (handle) => release(book, "DeleteSecurityContext", "context", handle),
    FreeContextBuffer: (address) =>
      book.heap.release(address) ? (book.script.refuse?.FreeContextBuffer ?? SEC_E_OK) : SEC_E_INVALID_HANDLE,
    CloseHandle: (handle) => {
      const id = book.handles.check("token", Number(handle), "CloseHandle");
      if (id === undefined) return 0;
      book.handles.release("token", id, "CloseHandle");
      return book.script.refuse?.CloseHandle ?? 1;
    },
  };
}

function release(book: ScriptedBook, by: ReleaseFunction, kind: HandleKind, address: Address): number {
  return book.with(kind, address, by, (id) => {
    book.handles.release(kind, id, by);
    return book.script.refuse?.[by] ?? SEC_E_OK;
  });
}
