import { z } from "zod";

/**
 * Reserved words, which no declaration of a module can have as a name, and the key that sets an object literal's
 * prototype.
 */
const undeclarable = new Set(
  `arguments await break case catch class const continue debugger default delete do else enum eval export extends false
  finally for function if implements import in instanceof interface let new null package private protected public return
  static super switch this throw true try typeof var void while with yield __proto__`.split(/\s+/),
);

/** The schema of one metadata file. It is strict: a misspelt key is a mistake, and never ignored. */
const identifier = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, "a C identifier")
  .refine((name) => !undeclarable.has(name), "a name that TypeScript can declare");
const cType = z.string().regex(/^[A-Za-z_][\w ]*[*\w ]*$/, "a C type as the header spells it, without array brackets");
const integer = z
  .string()
  .regex(/^-?(0x[0-9a-fA-F]+|\d+)$/, 'an integer as the header writes it, such as "2" or "0x100"');
const text = z.string().min(1);
const header = z.string().regex(/^[\w.-]+(\/[\w.-]+)*$/, "the path of a header, as a program includes it");
const library = z.string().regex(/^[\w.-]+$/, "the file name of a library");
const page = z.union([z.literal(false), z.string()], { error: "the name of a page under `docs`, a URL, or false" });
/** Puts an entity in a separate file of its kind: `structs-<group>.ts`; the file without a group exports it too. */
const groupName = z.string().regex(/^[a-z][a-z-]*$/, "a kebab-case word");
const counts = z.enum(["bytes", "elements"]);
const convention = z.enum(["stdcall", "cdecl"]);
const releaser = z
  .string()
  .regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)?$/, "a function, or a member of a function table such as TABLE.FreeHeap");

const constant = z.union(
  [
    integer,
    z.strictObject({ value: integer, summary: text }),
    z.strictObject({ string: z.string(), summary: text.optional() }),
    z.strictObject({ guid: z.guid(), summary: text.optional() }),
  ],
  { error: "an integer as the header writes it, or an object with `value`, `string` or `guid` (and `summary`)" },
);

const scalar = z.enum(["u8", "i8", "u16", "i16", "u32", "i32", "u64", "i64", "usize", "isize", "bool8", "bool32"]);

const typedef = z.union(
  [
    cType,
    z.strictObject({ type: cType, ansi: identifier.optional(), time: z.literal(true).optional() }),
    z.strictObject({ scalar, text: z.enum(["wide", "ansi"]).optional(), ansi: identifier.optional() }),
  ],
  { error: "a C type, or an object with `type` (and `ansi`, `time`) or `scalar` (and `text`, `ansi`)" },
);

/** Facts about a pointer that only documentation gives; the same keys for fields and parameters. */
const pointerNotes = {
  sizedBy: z.string().optional(),
  counts: counts.optional(),
  releasedBy: releaser.optional(),
  flags: identifier.optional(),
  ansi: cType.optional(),
  summary: text.optional(),
};

const plainField = {
  name: identifier.optional(),
  type: cType.optional(),
  kind: z.enum(["struct", "union"]).optional(),
  count: z
    .union([z.int().positive(), identifier], { error: "a positive integer or the name of a constant" })
    .optional(),
  trailing: z.literal(true).optional(),
  bits: z.int().min(1).max(32).optional(),
  since: identifier.optional(),
  ...pointerNotes,
};

export type FieldSource = z.output<z.ZodObject<typeof plainField>> & { fields?: FieldSource[] | undefined };

const field: z.ZodType<FieldSource> = z.strictObject({
  ...plainField,
  get fields() {
    return z.array(field).min(1).optional();
  },
});

const structure = z.strictObject({
  kind: z.enum(["struct", "union"]).optional(),
  tag: identifier.optional(),
  header: header.optional(),
  page: page.optional(),
  group: groupName.optional(),
  summary: text,
  pack: z.literal([1, 2, 4, 8, 16]).optional(),
  applePack: z.literal([1, 2, 4, 8]).optional(),
  ansi: identifier.optional(),
  table: z.strictObject({ version: identifier.optional(), versions: z.array(identifier).min(1) }).optional(),
  earlier: z.array(identifier).min(1).optional(),
  provider: z.strictObject({ also: z.array(identifier) }).optional(),
  fields: z.array(field).min(1),
});

const parameter = z.strictObject({
  name: identifier,
  type: cType,
  direction: z.enum(["in", "out", "inout"]),
  optional: z.literal(true).optional(),
  releasedField: z
    .string()
    .regex(/^[A-Za-z_][\w.]*$/, "a field of what it points to, such as pBuffers.pvBuffer")
    .optional(),
  why: text.optional(),
  ...pointerNotes,
});

const release = z.strictObject({
  counts: z.enum(["credentials", "contexts", "certificates", "buffers", "tokens", "tls"]),
});

const functionShape = z.strictObject({
  summary: text,
  header: header.optional(),
  page: page.optional(),
  group: groupName.optional(),
  libraries: z.array(library).min(1),
  convention,
  returns: cType,
  result: text.optional(),
  /** The function that releases the result. */
  resultReleasedBy: releaser.optional(),
  ansi: identifier.optional(),
  mayBlock: z.literal(true).optional(),
  release: release.optional(),
  parameters: z.array(parameter),
});

const callback = z.union(
  [
    z.strictObject({
      like: identifier,
      form: z.enum(["pointer", "function"]).optional(),
      ansi: identifier.optional(),
      page: page.optional(),
      group: groupName.optional(),
    }),
    z.strictObject({
      summary: text,
      form: z.enum(["pointer", "function"]).optional(),
      header: header.optional(),
      page: page.optional(),
      group: groupName.optional(),
      convention,
      returns: cType,
      result: text.optional(),
      ansi: identifier.optional(),
      parameters: z.array(parameter),
    }),
  ],
  {
    error: (issue) => {
      const first = (issue as { errors?: { path: PropertyKey[]; message: string }[][] }).errors?.at(-1)?.[0];
      const detail = first ? ` (${[...first.path, first.message].join(": ")})` : "";
      return `\`like\` with the name of a function, or \`summary\`, \`convention\`, \`returns\` and \`parameters\`${detail}`;
    },
  },
);

const enumeration = z.strictObject({
  tag: identifier.optional(),
  summary: text,
  page: page.optional(),
  members: z.record(identifier, integer),
});

const flagGroup = z.strictObject({
  omit: z.array(z.string()).optional(),
  summary: text.optional(),
});

/**
 * The result of a query: a struct, or a lone pointer of some `type`; `field` selects one field of its target. `preset`
 * lists fields that have to hold a constant before the query.
 */
const attribute = z.strictObject({
  constant: identifier,
  struct: identifier.optional(),
  type: cType.optional(),
  field: identifier.optional(),
  releasedBy: identifier.optional(),
  preset: z.record(identifier, identifier).optional(),
  summary: text,
});
const attributes = z.record(z.string().regex(/^[a-z][A-Za-z0-9]*$/, "a lower-camel name"), attribute);
/** Names that the header declares and these bindings omit, with the reason; a trailing `*` stands for any ending. */
const leftOut = z.strictObject({
  reason: text,
  names: z.array(z.string().regex(/^[A-Za-z_]\w*\*?$/, "a name of the header, or how some begin and a `*`")).min(1),
});
const statuses = z.record(identifier, z.strictObject({ value: integer, text: text.optional() }));

export const metadataSchema = z.strictObject({
  $schema: z.string().optional(),
  header,
  docs: z.url().optional(),
  /** For this library only: excluded from the raw door. */
  internal: z.literal(true).optional(),
  /** The header's `long` has the platform's width; by default it has 32 bits, as on Windows. */
  long: z.literal("platform").optional(),
  typedefs: z.record(identifier, typedef).default({}),
  constants: z.record(identifier, constant).default({}),
  flagGroups: z.record(identifier, flagGroup).default({}),
  enums: z.record(identifier, enumeration).default({}),
  structs: z.record(identifier, structure).default({}),
  callbacks: z.record(identifier, callback).default({}),
  functions: z.record(identifier, functionShape).default({}),
  attributes: z
    .strictObject({
      context: attributes.default({}),
      credentials: attributes.default({}),
      unasked: z.record(identifier, text).default({}),
    })
    .optional(),
  leftOut: z.array(leftOut).default([]),
  statuses: z
    .strictObject({
      sspi: statuses.default({}),
      nt: statuses.default({}),
      hresult: statuses.default({}),
      win32: statuses.default({}),
    })
    .optional(),
});

export type Metadata = z.output<typeof metadataSchema>;
export type StructSource = z.output<typeof structure>;
export type ParameterSource = z.output<typeof parameter>;
export type FunctionSource = z.output<typeof functionShape>;
export type CallbackSource = z.output<typeof callback>;
export type AttributeSource = z.output<typeof attribute>;
export type TypedefSource = z.output<typeof typedef>;

/** Returns the same rules for editors, as a JSON schema that metadata files name in `$schema`. */
export function jsonSchema(): string {
  const schema = z.toJSONSchema(metadataSchema, { io: "input" });
  return `${JSON.stringify(schema, null, 2)}\n`;
}
