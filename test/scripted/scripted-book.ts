import type { Provider, ProviderFunction } from "../../generated/provider.ts";
import { SEC_E_INVALID_HANDLE, SEC_E_UNSUPPORTED_FUNCTION } from "../../generated/status/constants.ts";
import type { Address } from "../../src/ctypes/index.ts";
import { type HandleKind, ScriptedHandles } from "./scripted-handles.ts";
import { ScriptedHeap } from "./scripted-heap.ts";
import type { LegCall } from "./scripted-legs.ts";
import type { AcquireCall, AttributeCall, Script } from "./scripted-script.ts";

/** The implementations of a scripted package's functions. */
export type Handlers = { [F in ProviderFunction]?: (...args: Parameters<Provider[F]>) => number };

const releases: readonly ProviderFunction[] = [
  "FreeCredentialsHandle",
  "DeleteSecurityContext",
  "FreeContextBuffer",
  "CloseHandle",
];

/** Records every call, handle and allocation of a scripted package. */
export class ScriptedBook {
  readonly script: Script;
  readonly heap = new ScriptedHeap();
  readonly handles = new ScriptedHandles();
  /** The called functions, in order. */
  readonly calls: ProviderFunction[] = [];
  /** The functions that were called off the event loop, in order. */
  readonly offLoop: ProviderFunction[] = [];
  readonly acquisitions: AcquireCall[] = [];
  readonly legs: LegCall[] = [];

  constructor(script: Script) {
    this.script = script;
  }

  /** The caller's mistakes: handles and allocations not released exactly once, by the right function, in order. */
  problems(): readonly string[] {
    return [...this.handles.problems(), ...this.heap.problems()];
  }

  /** How often a function was called. */
  count(name: ProviderFunction): number {
    return this.calls.filter((call) => call === name).length;
  }

  /** The release functions that were called, in order. */
  get released(): readonly ProviderFunction[] {
    return this.calls.filter((call) => releases.includes(call));
  }

  /** Runs `work` with the number of the live handle at an address; returns SEC_E_INVALID_HANDLE if there is none. */
  with(kind: HandleKind, address: Address, reader: string, work: (id: number) => number): number {
    const id = this.handles.read(kind, address, reader);
    return id === undefined ? SEC_E_INVALID_HANDLE : work(id);
  }

  attribute(
    kind: HandleKind,
    at: Address,
    attribute: number,
    to: Address,
    answer?: (call: AttributeCall) => number,
  ): number {
    const { heap } = this;
    return this.with(kind, at, "a query", (handle) =>
      answer ? answer({ handle, attribute, address: BigInt(to), heap }) : SEC_E_UNSUPPORTED_FUNCTION,
    );
  }
}
