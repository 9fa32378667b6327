import { LSA_ALLOCATE_LSA_HEAP, LSA_FREE_LSA_HEAP } from "../../../generated/ntsecpkg/callbacks.ts";
import { LSA_SECPKG_FUNCTION_TABLE, SECPKG_DLL_FUNCTIONS } from "../../../generated/ntsecpkg/structs.ts";
import { STATUS_NOT_SUPPORTED, STATUS_UNSUCCESSFUL } from "../../../generated/ntstatus/constants.ts";
import type { CallbackDeclaration } from "../../ctypes/index.ts";
import { type Implementation, type Implementations, implement, NativeTable } from "../../interface/native-table.ts";
import { lsaCallers } from "./lsa-callers.ts";
import { lsaMemory } from "./lsa-memory.ts";
import { Notifications } from "./lsa-notifications.ts";
import { clientCallbacks, lsaPackages } from "./lsa-packages.ts";
import { lsaSessions } from "./lsa-sessions.ts";
import type { HostSurroundings } from "./surroundings.ts";

/** `LSA_SECPKG_FUNCTION_TABLE` and `SECPKG_DLL_FUNCTIONS` of one host: every member is a function, never NULL. */
export class LsaTables {
  readonly lsa: NativeTable;
  readonly dll: NativeTable;
  readonly #notifications: Notifications;

  constructor(host: HostSurroundings) {
    const { diagnostics, heap } = host;
    const options = {
      failure: STATUS_UNSUCCESSFUL,
      onError: (name: string, error: unknown) => diagnostics.misdeed("exception", `${name}: ${String(error)}`, error),
    };
    const callbacks = clientCallbacks();
    this.#notifications = new Notifications(host);
    const ours = {
      ...lsaMemory(host),
      ...lsaSessions(host),
      ...lsaCallers(host),
      ...lsaPackages(host),
      ...callbacks.lsa,
      ...this.#notifications.implementations,
    };
    this.lsa = new NativeTable(LSA_SECPKG_FUNCTION_TABLE, [complete(ours, host)], options);
    try {
      this.dll = new NativeTable(SECPKG_DLL_FUNCTIONS, [{ ...dllHeap(heap), ...callbacks.dll }], options);
    } catch (error) {
      this.lsa.release();
      throw error;
    }
  }

  /** Call this only when no package can call any more. */
  release(): void {
    this.#notifications.close();
    this.lsa.release();
    this.dll.release();
  }
}

function dllHeap(heap: HostSurroundings["heap"]): Implementations {
  return {
    AllocateHeap: implement(LSA_ALLOCATE_LSA_HEAP, (size) => heap.allocate("DLL heap", size)),
    FreeHeap: implement(LSA_FREE_LSA_HEAP, (address) => void heap.release("DLL heap", BigInt(address))),
  };
}

/** Adds the members that this host does not implement: they return `STATUS_NOT_SUPPORTED` or NULL, and are counted. */
function complete(ours: Implementations, { diagnostics }: HostSurroundings): Implementations {
  const members = Object.entries(LSA_SECPKG_FUNCTION_TABLE.functions?.() ?? {}) as [string, CallbackDeclaration][];
  return Object.fromEntries(
    members.map(([name, declaration]): [string, Implementation] => [
      name,
      ours[name] ?? { declaration, work: () => unsupported(declaration, () => diagnostics.unsupported(name)) },
    ]),
  );
}

function unsupported({ returns }: CallbackDeclaration, count: () => void): number | boolean {
  count();
  if (returns.scalar === "u32") return STATUS_NOT_SUPPORTED;
  return returns.scalar === "bool8" || returns.scalar === "bool32" ? false : 0;
}
