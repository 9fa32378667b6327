import type { Model, NativeFunction, Parameter, Resolved, Signature } from "../model/types.ts";
import type { GeneratedFile } from "./file.ts";
import { useCallback, useStruct } from "./structs.ts";
import { isBuffer, scalarType, scalarWord, textOf } from "./words.ts";

/** Writes a signature as the data that `declareFunction` and `declareCallback` take. */
export class SignatureEmitter {
  readonly #file: GeneratedFile;
  readonly #model: Model;

  constructor(file: GeneratedFile, model: Model) {
    this.#file = file;
    this.#model = model;
  }

  facts(signature: Signature): string[] {
    const { name, header, convention, returns, parameters } = signature;
    const result = returns.kind === "void" ? "nothing" : resultWord(signature);
    const facts = [
      `name: "${name}"`,
      `header: "${header}"`,
      `convention: "${convention}"`,
      `returns: ${this.#file.word(result)}`,
    ];
    if (returns.kind === "pointer") facts.push(`returnsTo: () => ${this.#pointee(returns)}`);
    const list = parameters.map((parameter) => this.#parameter(parameter));
    return [...facts, `parameters: [${list.length === 0 ? "" : `\n${list.join(",\n")},\n`}]`];
  }

  #parameter(parameter: Parameter): string {
    const { name, spelled, type, direction, optional } = parameter;
    const facts = [`name: "${name}"`, `type: "${spelled}"`, `direction: "${direction}"`];
    if (optional) facts.push("optional: true");
    if (type.kind === "struct") facts.push(`struct: () => ${useStruct(this.#file, this.#model, type.name)}`);
    else if (type.kind === "pointer") facts.push(`pointsTo: () => ${this.#pointee(type, parameter)}`);
    else facts.push(`value: ${this.#file.word(scalarWord(type))}`);
    if (type.kind === "pointer" && type.to.kind === "callback")
      facts.push(`callback: () => ${useCallback(this.#file, this.#model, type.to.name)}`);
    for (const key of ["releasedBy", "releasedField", "sizedBy", "counts", "flags"] as const) {
      const value = parameter[key];
      if (value !== undefined && value !== "bytes") facts.push(`${key}: "${value}"`);
    }
    return `{ ${facts.join(", ")} }`;
  }

  #pointee(pointer: Resolved & { kind: "pointer" }, parameter?: Parameter): string {
    const { to } = pointer;
    const text = parameter?.sizedBy === undefined && parameter?.direction !== "out" ? textOf(pointer) : undefined;
    if (text !== undefined) return `"${text}"`;
    if (to.kind === "void") return '"void"';
    if (to.kind === "callback") return '"function"';
    if (to.kind === "struct") return useStruct(this.#file, this.#model, to.name);
    return this.#file.word(scalarWord(to));
  }

  /** Returns the type for the raw door, whose arguments are values, bytes or addresses. */
  rawType(signature: NativeFunction): string {
    const releases = signature.release !== undefined;
    return this.#arrow(signature, (parameter) => this.#rawParameter(parameter, releases));
  }

  /** Returns the type for calls by native code, whose arguments are addresses. */
  nativeType(signature: Signature): string {
    return this.#arrow(signature, ({ type }) => this.#nativeParameter(type));
  }

  #arrow(signature: Signature, typeOf: (parameter: Parameter) => string): string {
    const { parameters, returns } = signature;
    const list = parameters.map((parameter) => `${parameter.name}: ${typeOf(parameter)}`);
    const result = returns.kind === "void" ? "void" : scalarType(resultWord(signature));
    return `(${list.join(", ")}) => ${result}`;
  }

  #nativeParameter(type: Resolved): string {
    if (type.kind === "struct") return useStruct(this.#file, this.#model, type.name);
    const word = scalarWord(type);
    if (scalarType(word) !== "bigint") return scalarType(word);
    return isAddressWide(word) ? this.#file.wordType("Address") : "number | bigint";
  }

  #rawParameter(parameter: Parameter, releases: boolean): string {
    const { type, optional } = parameter;
    if (type.kind !== "pointer") return this.#nativeParameter(type);
    const handle = isHandle(type);
    // A thing to release is passed by its native address; a handle is not, because the caller has a copy of it.
    if (releases && !handle) return this.#file.wordType("Address");
    const owner = handle && parameter.direction === "in" && !releases ? ` | ${this.#owner(parameter)}` : "";
    return this.#rawPointer(parameter, type) + owner + (optional ? " | null" : "");
  }

  #owner({ spelled }: Parameter): string {
    return `${this.#file.wordType("HandleOwner")}<"${spelled.includes("Cred") ? "credential" : "context"}">`;
  }

  #rawPointer(parameter: Parameter, { to }: Resolved & { kind: "pointer" }): string {
    const { direction, sizedBy } = parameter;
    if (isBuffer(parameter)) return this.#file.wordType("Memory");
    if (to.kind === "callback") return this.#file.wordType("Address");
    if (sizedBy === undefined && direction !== "out" && textOf(parameter.type) !== undefined)
      return `string | ${this.#file.wordType("Address")}`;
    const wrapper = this.#file.wordType(direction === "in" ? "In" : direction === "out" ? "Out" : "InOut");
    const inner = to.kind === "struct" ? useStruct(this.#file, this.#model, to.name) : scalarType(scalarWord(to));
    return `${wrapper}<${inner}>`;
  }
}

/**
 * Returns the type of a result: SECURITY_STATUS and NTSTATUS are signed in C but documented as unsigned; an `int` stays
 * signed.
 */
function resultWord({ returns, returnsSpelled }: Signature): string {
  const word = scalarWord(returns);
  return word === "i32" && returnsSpelled !== "int" ? "u32" : word;
}

/** Whether a pointer points to the handle of a credential or a context. */
function isHandle({ to }: Resolved & { kind: "pointer" }): boolean {
  return to.kind === "struct" && to.name === "SecHandle";
}

function isAddressWide(word: string): boolean {
  return word === "pointer" || word === "usize" || word === "isize";
}
