import { types } from "node:util";
import { SecHandle } from "../../generated/sspi/structs.ts";
import {
  type FunctionDeclaration,
  type HandleOwner,
  hostAbi,
  ownedHandle,
  type Parameter,
  type Pointee,
  type Scalar,
  type Struct,
} from "../ctypes/index.ts";
import { checkAddress, extentOf, isArray } from "../values/index.ts";
import type { NativeFunction } from "./koffi.ts";
import { addressOfBuffer } from "./memory-access.ts";
import { systemProvider } from "./system-provider.ts";

/**
 * One call of a raw function: converts JavaScript values to addresses for the native function, and copies what it wrote
 * back into the passed objects. All memory of the call is reachable while this object is.
 */
export class Marshalling {
  readonly #declaration: FunctionDeclaration;
  readonly #values: (number | bigint)[] = [];
  /** Objects whose memory the call reads or writes. */
  readonly #kept: object[] = [];
  readonly #writeBacks: (() => void)[] = [];

  /** @throws TypeError or RangeError naming function and parameter, before anything native happened. */
  constructor(declaration: FunctionDeclaration, args: readonly unknown[]) {
    this.#declaration = declaration;
    const { name, parameters } = declaration;
    if (args.length !== parameters.length) {
      const list = parameters.map((parameter) => parameter.name).join(", ");
      throw new TypeError(`${name}: expected ${parameters.length} arguments (${list}), got ${args.length}`);
    }
    parameters.forEach((parameter, index) => {
      this.#values.push(this.#value(parameter, args[index], `${name}: ${parameter.name}`));
    });
  }

  call(native: NativeFunction): unknown {
    const answer = native(...this.#values);
    for (const writeBack of this.#writeBacks) writeBack();
    const { scalar } = this.#declaration.returns;
    if (scalar === "void") return undefined;
    if (scalar === "bool32" || scalar === "bool8") return Number(answer) !== 0;
    return ["pointer", "usize", "isize", "u64", "i64"].includes(scalar) ? BigInt(answer) : answer;
  }

  #value(parameter: Parameter, given: unknown, what: string): number | bigint {
    if (parameter.value) return parameter.value.check(given, what);
    if (parameter.struct) throw new TypeError(`${what}: a struct by value cannot be passed yet`);
    const pointee = parameter.pointsTo?.() ?? "void";
    if (given === null || given === 0 || given === 0n) return this.#null(parameter, what);
    if (typeof given === "number" || typeof given === "bigint") {
      // A `void *` may contain a small number that is not an address.
      return checkAddress(given, what, pointee === "void" ? 1 : undefined);
    }
    if (isOwner(given)) return this.#owned(given, parameter, pointee, what);
    if (this.#declaration.releases && pointee !== SecHandle)
      throw new TypeError(`${what}: expected the address of what is to be released, got ${nameOf(given)}`);
    if (ArrayBuffer.isView(given)) return this.#bytes(given, pointee, what);
    if (typeof given === "string") return this.#text(given, parameter, pointee, what);
    if (isArray(given)) return this.#cell(given as unknown[], parameter, pointee, what);
    if (typeof given === "object" && typeof pointee === "object" && "struct" in pointee)
      return this.#struct(given, parameter, pointee, what);
    throw new TypeError(`${what}: expected ${expected(parameter, pointee)}, got ${typeof given}`);
  }

  #null({ optional }: Parameter, what: string): number {
    if (!optional) throw new TypeError(`${what}: must not be NULL`);
    return 0;
  }

  /** Accepts a Credential or a context object where the function uses the handle without releasing it. */
  #owned(owner: HandleOwner, { type, direction }: Parameter, pointee: Pointee, what: string): number {
    const name = nameOf(owner);
    if (this.#declaration.releases)
      throw new TypeError(`${what}: a ${name} releases its handle itself; call its close()`);
    const { kind, address, provider } = owner[ownedHandle];
    const wanted = type.includes("Cred") ? "credential" : "context";
    if (pointee !== SecHandle || direction !== "in" || kind !== wanted)
      throw new TypeError(`${what}: a ${name} does not fit here`);
    if (provider !== systemProvider())
      throw new TypeError(`${what}: expected a ${kind} of the system's library, got one of another provider`);
    this.#kept.push(owner);
    return address;
  }

  #bytes(view: ArrayBufferView, pointee: Pointee, what: string): number {
    const { buffer, offset, length } = extentOf(view, what);
    if (!types.isArrayBuffer(buffer)) throw new TypeError(`${what}: bytes of a SharedArrayBuffer cannot be passed`);
    const address = addressOfBuffer(buffer);
    if (address === 0) throw new TypeError(`${what}: its ArrayBuffer is empty or detached`);
    const needed = typeof pointee === "string" ? 0 : sizeOf(pointee);
    if (length < needed) throw new RangeError(`${what}: expected at least ${needed} bytes, got ${length}`);
    this.#kept.push(buffer);
    return address + offset;
  }

  #text(text: string, { direction }: Parameter, pointee: Pointee, what: string): number {
    // Refused for output: the callee would write into a copy that is only as long as the text.
    if (direction !== "in" || (pointee !== "wide-string" && pointee !== "ansi-string"))
      throw new TypeError(`${what}: a string does not fit here`);
    if (text.includes("\0")) throw new RangeError(`${what}: expected a string without NUL characters`);
    const bytes = Buffer.from(`${text}\0`, pointee === "wide-string" ? "utf16le" : "utf8");
    return this.#scratch(bytes.length, (view) => new Uint8Array(view.buffer).set(bytes)).address;
  }

  /** Accepts a one-element array as the memory to which a pointer to a scalar points. */
  #cell(cell: unknown[], parameter: Parameter, pointee: Pointee, what: string): number {
    if (typeof pointee !== "object" || !("scalar" in pointee))
      throw new TypeError(`${what}: an array does not fit here`);
    if (cell.length > 1) throw new RangeError(`${what}: expected an array of one element, got ${cell.length}`);
    const { address, view } = this.#scratch(8, (view) => {
      if (parameter.direction !== "out") (pointee as Scalar).set(view, 0, cell[0], `${what}[0]`);
    });
    if (parameter.direction !== "in")
      this.#writeBacks.push(() => {
        cell[0] = pointee.get(view, 0);
      });
    return address;
  }

  #struct(value: object, parameter: Parameter, struct: Struct, what: string): number {
    const { address, view } = this.#scratch(struct.layouts[hostAbi].size, (view) => {
      try {
        struct.write(view, value);
      } catch (error) {
        throw new TypeError(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
    });
    if (parameter.direction !== "in") this.#writeBacks.push(() => Object.assign(value, struct.read(view)));
    return address;
  }

  #scratch(size: number, fill: (view: DataView) => void): { readonly address: number; readonly view: DataView } {
    const buffer = new ArrayBuffer(size);
    const view = new DataView(buffer);
    fill(view);
    this.#kept.push(buffer);
    return { address: addressOfBuffer(buffer), view };
  }
}

function isOwner(given: unknown): given is HandleOwner {
  return typeof given === "object" && given !== null && ownedHandle in given;
}

function nameOf(given: unknown): string {
  return (typeof given === "object" && given?.constructor?.name) || typeof given;
}

function sizeOf(pointee: Scalar | Struct): number {
  return "struct" in pointee ? pointee.layouts[hostAbi].size : pointee.size();
}

function expected({ direction, optional }: Parameter, pointee: Pointee): string {
  const forms = ["bytes", "an address"];
  if (pointee === "wide-string" || pointee === "ansi-string") {
    if (direction === "in") forms.unshift("a string");
  } else if (typeof pointee === "object" && "struct" in pointee) forms.unshift(`an object (${pointee.name})`);
  else if (typeof pointee === "object") forms.unshift(direction === "in" ? "a value in an array" : "an array to fill");
  if (optional) forms.push("null");
  return forms.join(", ");
}
