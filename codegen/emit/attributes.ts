import { StructureKind } from "ts-morph";
import type { Attribute, Field, Header, Model, Struct } from "../model/types.ts";
import { docText, fieldDocs } from "./docs.ts";
import { exported, GeneratedFile } from "./file.ts";
import { useStruct } from "./structs.ts";
import { fieldType, scalarWord, textOf } from "./words.ts";

/** What queries answer: the struct an attribute fills, with everything behind its pointers copied out. */
export function emitAttributes(header: Header, model: Model): GeneratedFile[] {
  const { stem, contextAttributes, credentialAttributes } = header;
  if (contextAttributes.length + credentialAttributes.length === 0) return [];
  const file = new GeneratedFile(`${stem}/attributes.ts`, [`${stem}.json`]);
  const emitter = new AttributeEmitter(file, model);
  emitter.emit("ContextAttributes", "contextAttributes", "What can be asked of a context, by name.", contextAttributes);
  emitter.emit(
    "CredentialAttributes",
    "credentialAttributes",
    "What can be asked of a credential, by name.",
    credentialAttributes,
  );
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
      properties: attributes.map(({ name, constant, struct, summary }) => ({
        name,
        type: this.#resultType(struct),
        docs: [docText([`${summary} \`${constant.name}\`, ${struct.name}.`])],
      })),
    });
    const entries = attributes.map((attribute) => `${attribute.name}: ${this.#declaration(type, attribute)},`);
    this.#file.statements.push(exported(value, `{\n${entries.join("\n")}\n} as const`, docs));
  }

  #declaration(type: string, { name, constant, struct }: Attribute): string {
    const times = struct.fields.filter(isTime).map((field) => `"${field.name}"`);
    const facts = [
      `constant: "${constant.name}"`,
      `value: ${constant.value}`,
      `struct: ${useStruct(this.#file, this.#model, struct.name)}`,
      `pointers: [${this.#pointers(struct).join(", ")}]`,
      `times: [${times.join(", ")}]`,
    ];
    return `${this.#file.word("attribute")}<${type}["${name}"]>({ ${facts.join(", ")} })`;
  }

  #pointers(struct: Struct): string[] {
    return struct.fields.flatMap((field) => {
      const holds = this.#holds(field);
      if (holds === undefined) return [];
      const { name, sizedBy, releasedBy } = field;
      const facts = [`field: "${name}"`, `holds: ${typeof holds === "string" ? `"${holds}"` : this.#use(holds)}`];
      if (sizedBy !== undefined) facts.push(`sizedBy: "${sizedBy}"`);
      const element = this.#element(field);
      if (element !== undefined) facts.push(`element: ${element}`);
      if (releasedBy !== undefined) facts.push(`releasedBy: "${releasedBy}"`);
      const inside = typeof holds === "string" ? [] : this.#pointers(holds);
      if (inside.length > 0) facts.push(`inside: [${inside.join(", ")}]`);
      return [`{ ${facts.join(", ")} }`];
    });
  }

  #use(struct: Struct): string {
    return useStruct(this.#file, this.#model, struct.name);
  }

  /** The word for what `sizedBy` counts, where it does not count bytes. */
  #element({ type, counts }: Field): string | undefined {
    if (counts !== "elements" || type.kind !== "pointer") return undefined;
    if (type.to.kind === "struct") return useStruct(this.#file, this.#model, type.to.name);
    return this.#file.word(scalarWord(type.to));
  }

  /** What is behind a pointer; undefined where it is an address that means nothing to us. */
  #holds({ type, sizedBy }: Field): "wide-string" | "ansi-string" | "bytes" | Struct | undefined {
    if (type.kind !== "pointer") return undefined;
    if (sizedBy !== undefined) return "bytes";
    if (type.to.kind === "struct") return this.#model.structs.get(type.to.name);
    return textOf(type);
  }

  #resultType(struct: Struct): string {
    const fields = struct.fields.map(
      (field) => `${comment(fieldDocs(field))}\n${field.name}: ${this.#fieldResult(field)};`,
    );
    return `{\n${fields.join("\n")}\n}`;
  }

  #fieldResult(field: Field): string {
    if (isTime(field)) return "Date";
    const holds = this.#holds(field);
    if (holds === "bytes") return "Uint8Array";
    if (typeof holds === "string") return "string";
    if (holds !== undefined) return this.#resultType(holds);
    return fieldType(field, (struct) => useStruct(this.#file, this.#model, struct));
  }
}

function isTime({ type }: Field): boolean {
  return type.kind === "scalar" && type.time === true;
}

function comment(docs: string): string {
  return docs.startsWith("\n") ? `/**${docs.replaceAll("\n", "\n * ")}\n */` : `/** ${docs} */`;
}
