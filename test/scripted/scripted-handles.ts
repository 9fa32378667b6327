import { SecHandle } from "../../generated/sspi/structs.ts";
import type { Address } from "../../src/ctypes/index.ts";
import { readStruct } from "../../src/native/index.ts";
import { writeNativeStruct } from "./scripted-heap.ts";

export type HandleKind = "credential" | "context" | "token";

interface Issued {
  readonly kind: HandleKind;
  readonly madeWith: number | undefined;
  live: boolean;
}

/** The upper word of this package's handles, by which it recognises them. */
const mark = 0x5c21n;

/** The handles that a scripted package issued, and whether each was released. */
export class ScriptedHandles {
  readonly #issued: Issued[] = [];
  readonly #problems: string[] = [];

  /** A new handle's number; `madeWith` is the credential of a context. */
  issue(kind: HandleKind, madeWith?: number): number {
    this.#issued.push({ kind, madeWith, live: true });
    return this.#issued.length;
  }

  /** Writes a handle where a `PCredHandle` or `PCtxtHandle` points. */
  write(address: Address, id: number): void {
    writeNativeStruct(SecHandle, address, { dwLower: BigInt(id), dwUpper: mark });
  }

  /** The number of the live handle at an address; undefined, with a recorded problem, if it is none of that kind. */
  read(kind: HandleKind, address: Address, reader: string): number | undefined {
    if (BigInt(address) === 0n) return this.#complain(`${reader} was given NULL for a ${kind}`);
    const { dwLower, dwUpper } = readStruct(SecHandle, address);
    return dwUpper === mark
      ? this.check(kind, Number(dwLower), reader)
      : this.#complain(`${reader} was given no ${kind}: ${dwLower}`);
  }

  check(kind: HandleKind, id: number, reader: string): number | undefined {
    const issued = this.#issued[id - 1];
    if (issued?.kind !== kind) return this.#complain(`${reader} was given no ${kind}: ${id}`);
    return issued.live ? id : this.#complain(`${reader} was given ${kind} ${id}, which has been released`);
  }

  release(kind: HandleKind, id: number, by: string): void {
    const dependent = this.#issued.findIndex((issued) => issued.live && issued.madeWith === id);
    if (kind === "credential" && dependent >= 0)
      this.#problems.push(`${by} took credential ${id} before its context ${dependent + 1}`);
    (this.#issued[id - 1] as Issued).live = false;
  }

  count(kind: HandleKind): number {
    return this.#issued.filter((issued) => issued.kind === kind).length;
  }

  problems(): readonly string[] {
    const held = this.#issued.flatMap((issued, index) =>
      issued.live ? [`${issued.kind} ${index + 1} was never released`] : [],
    );
    return [...this.#problems, ...held];
  }

  #complain(problem: string): undefined {
    this.#problems.push(problem);
  }
}
