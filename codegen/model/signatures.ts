import type { MetadataFile } from "../parse.ts";
import { at, type Place, type Problems } from "../problem.ts";
import type { CallbackSource, FunctionSource, ParameterSource } from "../schema.ts";
import { docsOf } from "./docs.ts";
import type { Scope } from "./scope.ts";
import { defined } from "./structs.ts";
import type { Callback, NativeFunction, Parameter, Release, Resolved, Struct } from "./types.ts";

/** Builds functions and function pointers, which have the same form. */
export class SignatureBuilder {
  readonly #scope: Scope;
  readonly #structs: ReadonlyMap<string, Struct>;
  readonly #problems: Problems;

  constructor(scope: Scope, structs: ReadonlyMap<string, Struct>, problems: Problems) {
    this.#scope = scope;
    this.#structs = structs;
    this.#problems = problems;
  }

  functions(owner: MetadataFile): NativeFunction[] {
    return Object.entries(owner.content.functions).flatMap(([name, source]) => {
      const built = this.#function(name, source, owner);
      return built === undefined ? [] : [built];
    });
  }

  callbacks(owner: MetadataFile): Callback[] {
    return Object.entries(owner.content.callbacks).flatMap(([name, source]) => {
      const built = this.#callback(name, source, owner);
      return built === undefined ? [] : [built];
    });
  }

  #function(name: string, source: FunctionSource, owner: MetadataFile): NativeFunction | undefined {
    const place: Place = { file: owner.file, entity: name };
    const signature = this.#signature(source, place);
    if (signature === undefined) return undefined;
    const { libraries, convention, summary, result, resultReleasedBy, mayBlock, group } = source;
    return {
      name,
      stem: owner.stem,
      header: source.header ?? owner.content.header,
      ...docsOf(owner.content.docs, `nf-${owner.stem}-${name.toLowerCase()}`, source.page),
      ...signature,
      ...defined({ result, resultReleasedBy, mayBlock, group }),
      summary,
      libraries,
      convention,
      ...this.#release(source, signature.returns, place),
    };
  }

  #release(
    { release, parameters, returns }: FunctionSource,
    type: Resolved,
    place: Place,
  ): { readonly release?: Release } {
    if (release === undefined) return {};
    if (parameters.length !== 1)
      this.#problems.add(at(place, "release"), `a function of one parameter, got ${parameters.length}`);
    if (type.kind === "void") return { release: { ...release, success: "always" } };
    if (type.kind !== "scalar" || !/^[biu]/.test(type.scalar))
      this.#problems.add(at(place, "returns"), `a status, BOOL or void, got "${returns}"`);
    const success = type.kind === "scalar" && type.scalar.startsWith("bool") ? "nonzero" : "zero";
    return { release: { ...release, success } };
  }

  #callback(name: string, source: CallbackSource, owner: MetadataFile): Callback | undefined {
    const place: Place = { file: owner.file, entity: name };
    const usual = `nc-${owner.stem}-${name.toLowerCase()}`;
    const form = source.form === "function" ? { form: source.form } : {};
    const { group } = source;
    const docs = docsOf(owner.content.docs, usual, source.page);
    const common = { name, stem: owner.stem, ...form, ...defined({ group }), ...docs };
    if (!("like" in source)) {
      const signature = this.#signature(source, place);
      const header = source.header ?? owner.content.header;
      const { convention, summary, result } = source;
      return signature && { ...common, header, convention, summary, ...defined({ result }), ...signature };
    }
    const like = this.#scope.function(source.like);
    if (like === undefined) {
      this.#problems.add(at(place, "like"), `a declared function, got "${source.like}"`);
      return undefined;
    }
    const signature = this.#signature(like, place);
    const { convention } = like;
    const summary = `A pointer to ${source.like}.`;
    return (
      signature && { ...common, header: owner.content.header, convention, summary, like: source.like, ...signature }
    );
  }

  #signature(
    source: { readonly returns: string; readonly parameters: readonly ParameterSource[] },
    place: Place,
  ): Pick<NativeFunction, "returns" | "returnsSpelled" | "parameters"> | undefined {
    const returns = this.#scope.resolve(source.returns, at(place, "returns"));
    const parameters = source.parameters.flatMap((parameter) => {
      const built = this.#parameter(parameter, at(place, "parameters", parameter.name));
      return built === undefined ? [] : [built];
    });
    for (const parameter of parameters)
      this.#checkParameter(parameter, parameters, at(place, "parameters", parameter.name));
    const names = parameters.map(({ name }) => name);
    for (const name of new Set(names.filter((one, index) => names.indexOf(one) !== index)))
      this.#problems.add(at(place, "parameters", name), "a parameter name that is used once");
    return returns && { returns, returnsSpelled: source.returns, parameters };
  }

  #parameter(source: ParameterSource, place: Place): Parameter | undefined {
    const type = this.#scope.resolve(source.type, at(place, "type"));
    if (type === undefined) return undefined;
    const { type: spelled, ansi: _, ...rest } = source;
    if (type.kind === "void" || type.kind === "callback")
      this.#problems.add(at(place, "type"), `a type with a size, got "${spelled}"`);
    if (type.kind !== "pointer" && source.direction !== "in")
      this.#problems.add(at(place, "direction"), `"in" for a value, got "${source.direction}"`);
    return { ...defined(rest), spelled, type } as Parameter;
  }

  #checkParameter(parameter: Parameter, all: readonly Parameter[], place: Place): void {
    const { sizedBy, counts, releasedField, releasedBy, type } = parameter;
    if (sizedBy !== undefined && !this.#names(sizedBy, parameter, all))
      this.#problems.add(
        at(place, "sizedBy"),
        `a parameter of ${place.entity} or a field it points to, got "${sizedBy}"`,
      );
    if (counts !== undefined && sizedBy === undefined)
      this.#problems.add(at(place, "counts"), "no `counts` where there is no `sizedBy`");
    if (releasedField !== undefined && !this.#follows(type, releasedField.split(".")))
      this.#problems.add(at(place, "releasedField"), `a field of what it points to, got "${releasedField}"`);
    if (releasedField !== undefined && releasedBy === undefined)
      this.#problems.add(at(place, "releasedBy"), "the function that releases `releasedField`");
  }

  #names(sizedBy: string, parameter: Parameter, all: readonly Parameter[]): boolean {
    return all.some(({ name }) => name === sizedBy) || this.#fields(parameter.type).includes(sizedBy);
  }

  /** Whether a path of fields exists, through pointers: `pBuffers.pvBuffer`. */
  #follows(type: Resolved, [first, ...rest]: readonly string[]): boolean {
    if (first === undefined) return true;
    if (type.kind === "pointer") return this.#follows(type.to, [first, ...rest]);
    const field = type.kind === "struct" && this.#structs.get(type.name)?.fields.find(({ name }) => name === first);
    return field ? this.#follows(field.type, rest) : false;
  }

  #fields(type: Resolved): readonly string[] {
    if (type.kind === "pointer") return this.#fields(type.to);
    return type.kind === "struct" ? (this.#structs.get(type.name)?.fields.map(({ name }) => name) ?? []) : [];
  }
}
