import { StructureKind } from "ts-morph";
import type { Abi } from "../../src/ctypes/abi.ts";
import type { Callback, Field, Header, Layout, Model, Struct } from "../model/types.ts";
import { fieldDocs, structDocs } from "./docs.ts";
import { exported, type GeneratedFile, pure, type Surroundings } from "./file.ts";
import { emitGroups, groupPath } from "./groups.ts";
import { arrayShape, fieldType, needsAbi, scalarWord } from "./words.ts";

export function emitStructs({ stem, structs }: Header, model: Model, surroundings: Surroundings): GeneratedFile[] {
  return emitGroups(
    `${stem}/structs`,
    [`${stem}.json`],
    structs,
    (file, struct) => new StructEmitter(file, struct, model).emit(),
    surroundings,
  );
}

/** Imports a struct, which is a type and a value of one name, and returns the name. */
export function useStruct(file: GeneratedFile, model: Model, name: string): string {
  const struct = model.structs.get(name);
  return file.use(groupPath(`${struct?.stem}/structs`, struct?.group), name);
}

/** Names of local variables in readers and writers: a struct with such a name could not be used there. */
export const structLocals: ReadonlySet<string> = new Set(["view", "at", "abi", "elements", "value", "copy", "o"]);

class StructEmitter {
  readonly #file: GeneratedFile;
  readonly #struct: Struct;
  readonly #model: Model;

  constructor(file: GeneratedFile, struct: Struct, model: Model) {
    this.#file = file;
    this.#struct = struct;
    this.#model = model;
  }

  emit(): void {
    const { name, fields } = this.#struct;
    this.#file.statements.push({
      kind: StructureKind.Interface,
      isExported: true,
      name,
      leadingTrivia: "\n",
      docs: [structDocs(this.#struct)],
      properties: fields.map((field) => ({
        name: field.name,
        type: fieldType(field, (struct) => this.#use(struct)),
        docs: [fieldDocs(field)],
      })),
    });
    const type = `${this.#file.wordType("Struct")}<${name}, keyof ${name}>`;
    this.#file.statements.push(exported(name, this.#definition(), undefined, type));
  }

  #use(struct: string): string {
    return useStruct(this.#file, this.#model, struct);
  }

  #definition(): string {
    const { name, kind, header, pack, applePack, fields } = this.#struct;
    const word = this.#file.word("struct");
    const facts = [`name: "${name}"`, `kind: "${kind}"`, `header: "${header}"`];
    if (pack !== undefined) facts.push(`pack: ${pack}`);
    if (applePack !== undefined) facts.push(`applePack: ${applePack}`);
    const types = fields.map((field) => `${field.name}: ${this.#descriptor(field)}`);
    return `${word}<${name}, keyof ${name}>({
      ${facts.join(", ")},
      fields: () => ({ ${types.join(", ")} }),
      layouts: ${this.#layouts()},
      ${this.#table()}${this.#earlier()}${this.#functions()}${this.#reader()},
      ${this.#writer()},
    })`;
  }

  #descriptor(field: Field): string {
    if (field.count !== undefined) return this.#array(field, String(field.count), true);
    if (field.type.kind === "struct") return this.#use(field.type.name);
    const word = this.#file.word(scalarWord(field.type));
    if (field.bits === undefined) return word;
    return `${this.#file.word("bits")}(${word}, ${field.bits.shift}, ${field.bits.width})`;
  }

  /**
   * `declared`: lays the array out as C does; without it, a trailing array counted in bytes is read as bytes, whatever
   * its elements are.
   */
  #array(field: Field, count: string, declared = false): string {
    const shape = arrayShape(field);
    if (shape === "bytes") return `${this.#file.word("bytes")}(${count}${declared ? this.#wider(field) : ""})`;
    if (shape === "text") return `${this.#file.word("wideText")}(${count})`;
    const element = field.type.kind === "struct" ? this.#use(field.type.name) : this.#file.word(scalarWord(field.type));
    return `${this.#file.word("arrayOf")}(${element}, ${count})`;
  }

  #wider({ type }: Field): string {
    if (type.kind === "struct") return `, ${this.#use(type.name)}`;
    return ["u8", "i8"].includes(scalarWord(type)) ? "" : `, ${this.#file.word(scalarWord(type))}`;
  }

  #layouts(): string {
    const groups = groupLayouts(this.#struct.layouts).map(([abis, layout]) => {
      const offsets = Object.entries(layout.offsets).map(([field, offset]) => `${field}: ${offset}`);
      const facts = `size: ${layout.size}, align: ${layout.align}, offsets: { ${offsets.join(", ")} }`;
      return `[${JSON.stringify(abis)}, { ${facts} }]`;
    });
    return `${pure}${this.#file.word("layouts")}(${groups.join(", ")})`;
  }

  #table(): string {
    const { table } = this.#struct;
    if (table === undefined) return "";
    const ends = table.ends.map(({ version, last }) => `{ version: ${version}, last: "${last}" }`);
    const version = table.version === undefined ? "" : `version: "${table.version}", `;
    return `table: { ${version}ends: [${ends.join(", ")}] },\n`;
  }

  #earlier(): string {
    const { earlier } = this.#struct;
    if (earlier === undefined) return "";
    const forms = earlier.map(({ last, sizes }) => `{ last: "${last}", sizes: ${JSON.stringify(sizes)} }`);
    return `earlier: [${forms.join(", ")}],\n`;
  }

  #functions(): string {
    const callbacks = this.#struct.fields.flatMap(({ name, type }) =>
      type.kind === "pointer" && type.to.kind === "callback" ? [{ name, callback: type.to.name }] : [],
    );
    if (callbacks.length === 0) return "";
    const entries = callbacks.map(({ name, callback }) => `${name}: ${useCallback(this.#file, this.#model, callback)}`);
    return `functions: () => ({ ${entries.join(", ")} }),\n`;
  }

  #reader(): string {
    const { name, fields } = this.#struct;
    const abi = this.#file.word("hostAbi");
    const entries = fields.map((field) => `${field.name}: ${this.#read(field)}`);
    const elements = tailOf(this.#struct) === undefined ? "" : ", elements";
    return `read(view, at = 0, abi = ${abi}${elements}) {
      const { offsets: o } = ${name}.layouts[abi];
      return { ${entries.join(", ")} };
    }`;
  }

  #read(field: Field): string {
    const from = `view, at + o.${field.name}`;
    if (field.count !== undefined) return `${this.#array(field, this.#length(field))}.get(${from}, abi)`;
    if (field.type.kind === "struct") return `${this.#use(field.type.name)}.read(${from}, abi${this.#declared(field)})`;
    const abi = needsAbi(scalarWord(field.type)) ? ", abi" : "";
    return `${this.#descriptor(field)}.get(${from}${abi})`;
  }

  /** Returns the length of an array; another field gives the length of a trailing one. */
  #length(field: Field): string {
    const size = field.trailing && this.#struct.fields.find(({ name }) => name === field.sizedBy);
    if (!size) return String(field.count);
    const read = this.#read(size);
    const length = ["u64", "i64", "usize", "isize"].includes(scalarWord(size.type)) ? `Number(${read})` : read;
    return `elements ?? ${length}`;
  }

  /** Inside another struct a trailing array keeps its length from C: other data may follow there. */
  #declared({ type }: Field): string {
    const tail = type.kind === "struct" ? tailOf(this.#model.structs.get(type.name)) : undefined;
    return tail === undefined ? "" : `, ${tail.count}`;
  }

  #writer(): string {
    const { name, fields } = this.#struct;
    const copy = this.#file.word("replace");
    const lines = fields.map((field) => `if (value.${field.name} !== undefined) ${this.#write(field)};`);
    return `write(view, value, at = 0, abi = ${this.#file.word("hostAbi")}) {
      const { size, offsets: o } = ${name}.layouts[abi];
      ${copy}(${name}, view, at, value, ${this.#size()}, (copy) => {
        ${lines.join("\n")}
      });
    }`;
  }

  #size(): string {
    const tail = tailOf(this.#struct);
    if (tail === undefined) return "size";
    const one = this.#elementSize(tail);
    const length = `(value.${tail.name}?.length ?? 0)`;
    return `Math.max(size, o.${tail.name} + ${length}${one === "1" ? "" : ` * ${one}`})`;
  }

  #elementSize(field: Field): string {
    if (arrayShape(field) === "bytes") return "1";
    if (field.type.kind === "struct") return `${this.#use(field.type.name)}.layouts[abi].size`;
    return `${this.#file.word(scalarWord(field.type))}.size(abi)`;
  }

  #write(field: Field): string {
    const value = `value.${field.name}`;
    const what = `"${this.#struct.name}.${field.name}"`;
    if (field.count !== undefined) {
      const length = field.trailing ? `${value}.length` : String(field.count);
      return `${this.#array(field, length)}.set(copy, o.${field.name}, ${value}, ${what}, abi)`;
    }
    if (field.type.kind === "struct") {
      return `${this.#use(field.type.name)}.write(copy, ${value}, o.${field.name}, abi)`;
    }
    const abi = needsAbi(scalarWord(field.type)) ? ", abi" : "";
    return `${this.#descriptor(field)}.set(copy, o.${field.name}, ${value}, ${what}${abi})`;
  }
}

function tailOf(struct: Struct | undefined): Field | undefined {
  return struct?.fields.find(({ trailing }) => trailing);
}

export function useCallback(file: GeneratedFile, model: Model, name: string): string {
  const callback: Callback | undefined = model.callbacks.get(name);
  return file.use(groupPath(`${callback?.stem}/callbacks`, callback?.group), name);
}

/** Groups ABIs with the same layout; `darwin-x64` is omitted if its layout is that of `posix-64`. */
export function groupLayouts(layouts: Readonly<Record<Abi, Layout>>): [Abi[], Layout][] {
  const groups = new Map<string, [Abi[], Layout]>();
  for (const [abi, layout] of Object.entries(layouts) as [Abi, Layout][]) {
    const key = JSON.stringify(layout);
    const group = groups.get(key);
    if (group) group[0].push(abi);
    else groups.set(key, [[abi], layout]);
  }
  for (const [abis] of groups.values()) if (abis.includes("posix-64") && abis.at(-1) === "darwin-x64") abis.pop();
  return [...groups.values()];
}
