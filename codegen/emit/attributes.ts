import { StructureKind } from "ts-morph";
import type { Attribute, Field, Header, LonePointer, Model, Struct } from "../model/types.ts";
import { literal } from "./constants.ts";
import { comment, docText, fieldDocs } from "./docs.ts";
import { exported, GeneratedFile, pure, type Surroundings } from "./file.ts";
import { useReleaseFunction } from "./release-functions.ts";
import { useStruct } from "./structs.ts";
import { fieldType, scalarType, scalarWord, textOf } from "./words.ts";

/**
 * Emits the result types of queries: the struct that an attribute fills, with copies of everything behind its pointers.
 */
export function emitAttributes(header: Header, model: Model, surroundings: Surroundings): GeneratedFile[] {
  const { stem, contextAttributes, credentialAttributes } = header;
  if (contextAttributes.length + credentialAttributes.length === 0) return [];
  const file = new GeneratedFile(`${stem}/attributes.ts`, [`${stem}.json`], surroundings);
  const emitter = new AttributeEmitter(file, model);
  emitter.emit("ContextAttributes", "contextAttributes", contextDocs, contextAttributes);
  emitter.emit("CredentialAttributes", "credentialAttributes", credentialDocs, credentialAttributes);
  return [file];
}

class AttributeEmitter {
  readonly #file: GeneratedFile;
  readonly #model: Model;

  constructor(file: GeneratedFile, model: Model) {
    this.#file = file;
    this.#model = model;
  }

  emit(type: string, value: string, docs: string, attributes: readonly Attribute[]): void {
    if (attributes.length === 0) return;
    this.#file.statements.push({
      kind: StructureKind.Interface,
      isExported: true,
      name: type,
      leadingTrivia: "\n",
      docs: [docs],
      properties: attributes.map((attribute) => ({
        name: attribute.name,
        type: this.#attributeResult(attribute),
        docs: [docText([`${attribute.summary} \`${attribute.constant.name}\`, ${attribute.struct.name}.`])],
      })),
    });
    const entries = attributes.map((attribute) => `${attribute.name}: ${this.#declaration(type, attribute)},`);
    this.#file.statements.push(exported(value, `{\n${entries.join("\n")}\n} as const`, docs));
  }

  #declaration(type: string, attribute: Attribute): string {
    const { name, constant, struct, pointer, preset } = attribute;
    const released = (pointer ? [pointer] : struct.fields).some(({ releasedBy }) => releasedBy !== undefined);
    const types = [`${type}["${name}"]`, ...(released ? [useReleaseFunction(this.#file)] : [])].join(", ");
    const times = pointer ? [] : struct.fields.filter(isTime).map((field) => `"${field.name}"`);
    const facts = [
      `constant: "${constant.name}"`,
      `value: ${literal(constant)}`,
      `struct: ${pointer ? this.#file.word("lonePointer") : this.#use(struct)}`,
      `pointers: [${(pointer ? [this.#lone(struct, pointer)] : this.#pointers(struct)).join(", ")}]`,
      `times: [${times.join(", ")}]`,
    ];
    if (preset.length > 0)
      facts.push(`preset: { ${preset.map(([field, one]) => `${field}: ${literal(one)}`).join(", ")} }`);
    return `${pure}${this.#file.word("attribute")}<${types}>({ ${facts.join(", ")} })`;
  }

  #lone(struct: Struct, { field: wanted, releasedBy }: LonePointer): string {
    const inside = this.#pointers(struct, wanted);
    const facts = [`field: "value"`, `holds: ${this.#use(struct)}`];
    if (releasedBy !== undefined) facts.push(`releasedBy: "${releasedBy}"`);
    if (inside.length > 0) facts.push(`inside: [${inside.join(", ")}]`);
    if (wanted !== undefined) facts.push(`only: "${wanted}"`);
    return `{ ${facts.join(", ")} }`;
  }

  /** Emits the pointers of a struct, or of one of its fields. */
  #pointers(struct: Struct, wanted?: string): string[] {
    return struct.fields.flatMap((field) => {
      const holds = wanted === undefined || wanted === field.name ? this.#holds(field) : undefined;
      if (holds === undefined) return [];
      const { name, sizedBy, counts, releasedBy } = field;
      const inside = typeof holds === "string" || "scalar" in holds ? [] : this.#pointers(holds.struct);
      if (field.type.kind === "struct" && inside.length === 0) return [];
      const facts = [`field: "${name}"`, `holds: ${this.#word(field, holds)}`];
      if (sizedBy !== undefined) facts.push(`sizedBy: "${sizedBy}"`);
      if (counts === "elements") facts.push('counts: "elements"');
      if (releasedBy !== undefined) facts.push(`releasedBy: "${releasedBy}"`);
      if (inside.length > 0) facts.push(`inside: [${inside.join(", ")}]`);
      return [`{ ${facts.join(", ")} }`];
    });
  }

  #word({ type }: Field, holds: Behind): string {
    if (typeof holds === "string") return `"${holds}"`;
    if ("scalar" in holds) return this.#file.word(holds.scalar);
    return type.kind === "struct" ? '"embedded"' : this.#use(holds.struct);
  }

  #use(struct: Struct): string {
    return useStruct(this.#file, this.#model, struct.name);
  }

  /** Returns what a pointer or an embedded struct holds; undefined for an address whose target is not read. */
  #holds({ type, sizedBy, counts, count }: Field): Behind | undefined {
    if (type.kind === "struct" && count === undefined) return this.#struct(type.name);
    if (type.kind !== "pointer") return undefined;
    const text = textOf(type);
    if (text === "wide-string" || (text !== undefined && sizedBy === undefined)) return text;
    if (sizedBy !== undefined && counts !== "elements") return "bytes";
    if (type.to.kind === "struct") return this.#struct(type.to.name);
    if (sizedBy === undefined) return undefined;
    const scalar = scalarWord(type.to);
    return scalar === "u8" || scalar === "i8" || type.to.kind === "void" ? "bytes" : { scalar };
  }

  #struct(name: string): Behind | undefined {
    const struct = this.#model.structs.get(name);
    return struct && { struct };
  }

  #attributeResult({ struct, pointer }: Attribute): string {
    if (pointer === undefined) return this.#resultType(struct);
    const wanted = struct.fields.find(({ name }) => name === pointer.field);
    return `${wanted === undefined ? this.#resultType(struct) : this.#fieldResult(wanted)} | undefined`;
  }

  #resultType(struct: Struct): string {
    const fields = struct.fields.map(
      (field) => `${comment(fieldDocs(field))}\n${field.name}: ${this.#fieldResult(field)};`,
    );
    return `{\n${fields.join("\n")}\n}`;
  }

  #fieldResult(field: Field): string {
    if (isTime(field)) return "Date | undefined";
    const holds = this.#holds(field);
    if (holds === "bytes") return "Uint8Array";
    if (typeof holds === "string") return "string";
    const tail = field.counts === "elements" && field.type.kind === "pointer" ? "[]" : "";
    if (holds !== undefined && "scalar" in holds) return `${scalarType(holds.scalar)}${tail}`;
    if (holds !== undefined) return `${this.#resultType(holds.struct)}${tail}`;
    return fieldType(field, (struct) => useStruct(this.#file, this.#model, struct));
  }
}

type Behind = "wide-string" | "ansi-string" | "bytes" | { readonly struct: Struct } | { readonly scalar: string };

/** Emits the attributes of all headers together: the names that a query takes. */
export function emitAllAttributes({ headers }: Model, surroundings: Surroundings): GeneratedFile[] {
  const used = headers.filter((one) => one.contextAttributes.length + one.credentialAttributes.length > 0);
  if (used.length === 0) return [];
  const file = new GeneratedFile(
    "attributes.ts",
    used.map(({ stem }) => `${stem}.json`),
    surroundings,
  );
  for (const { stem } of used) file.use(`${stem}/attributes.ts`, `* as ${stem}`);
  const gather = (type: string, value: string, docs: string, from: readonly Header[]): void => {
    if (from.length === 0) return;
    file.statements.push({
      kind: StructureKind.Interface,
      isExported: true,
      name: type,
      leadingTrivia: "\n",
      docs: [docs],
      extends: from.map(({ stem }) => `${stem}.${type}`),
    });
    const parts = from.map(({ stem }) => `...${stem}.${value}`);
    file.statements.push(exported(value, `{ ${parts.join(", ")} } as const`, docs));
  };
  const contexts = used.filter(({ contextAttributes }) => contextAttributes.length > 0);
  gather("ContextAttributes", "contextAttributes", contextDocs, contexts);
  const credentials = used.filter(({ credentialAttributes }) => credentialAttributes.length > 0);
  gather("CredentialAttributes", "credentialAttributes", credentialDocs, credentials);
  return [file];
}

const contextDocs = "What can be asked of a context, by name.";
const credentialDocs = "What can be asked of a credential, by name.";

function isTime({ type }: Field): boolean {
  return type.kind === "scalar" && type.time === true;
}
