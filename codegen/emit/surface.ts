import { statusesOf } from "../model/statuses.ts";
import type { Abi, Attribute, Header, Model, Signature, Struct } from "../model/types.ts";
import { isWide, literal } from "./constants.ts";
import { type Artefact, banner, type Surroundings } from "./file.ts";
import { groupLayouts } from "./structs.ts";
import { scalarWord } from "./words.ts";

/** Emits one sorted line per generated symbol, so that a review shows the effect of a change in the metadata. */
export function emitSurface({ headers, provider }: Model, surroundings: Surroundings): Artefact {
  const lines = headers.flatMap(headerLines);
  const slots = (provider?.slots ?? []).map(({ function: { name, mayBlock }, member, since }) =>
    words("provider", name, member && `member ${member}`, since && `since ${since}`, mayBlock && "may block"),
  );
  const sorted = [...lines, ...slots].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const sources = headers.map(({ stem }) => `${stem}.json`);
  return { path: "surface.txt", text: `# ${banner(sources, surroundings)}\n${sorted.join("\n")}\n` };
}

function headerLines(header: Header): string[] {
  return [
    ...header.constants.map((constant) => `constant ${constant.name} ${literal(constant)}`),
    ...header.enums.map(({ name, members }) =>
      words("enum", name, ...members.map((one) => `${one.name}=${literal(one)}`)),
    ),
    ...header.flagGroups.map(({ name, members }) =>
      words(
        "flags",
        name,
        ...members.map(({ camel, constant }) => camel + (isWide(constant.value) ? ":64" : "")).sort(),
      ),
    ),
    ...header.structs.flatMap(structLines),
    ...header.callbacks.map((callback) => signatureLine("callback", callback)),
    ...header.functions.map((declared) =>
      words(signatureLine("function", declared), declared.libraries.join(","), declared.release && "releases"),
    ),
    ...header.contextAttributes.map((one) => attributeLine("context", one)),
    ...header.credentialAttributes.map((one) => attributeLine("credential", one)),
    ...statusesOf(header).flatMap(({ name, aliases, value }) =>
      [name, ...aliases].map((one) => `status ${one} 0x${value.toString(16).padStart(8, "0")}`),
    ),
  ];
}

/** Emits a line per layout, named after the first ABI that has it. */
function structLines(struct: Struct): string[] {
  return groupLayouts(struct.layouts).map(([[abi], { size, align, offsets }]) => {
    const fields = struct.fields.map((field) => {
      const type = field.type.kind === "struct" ? field.type.name : scalarWord(field.type);
      const count = field.count === undefined ? "" : `[${field.trailing ? "" : field.count}]`;
      const bits = field.bits === undefined ? "" : `.${field.bits.shift}+${field.bits.width}`;
      return `${field.name}@${offsets[field.name]}:${type}${count}${bits}`;
    });
    const earlier = (struct.earlier ?? []).map(({ last, sizes }) => `earlier ${sizes[abi as Abi]} ${last}`);
    return words(struct.kind, struct.name, abi, String(size), `align ${align}`, ...fields, ...earlier);
  });
}

function signatureLine(what: string, { name, convention, returnsSpelled, parameters }: Signature): string {
  const list = parameters.map((parameter) =>
    words(
      parameter.direction + (parameter.optional ? "?" : ""),
      parameter.spelled,
      parameter.name,
      parameter.flags && `flags ${parameter.flags}`,
      parameter.sizedBy && `sized by ${parameter.sizedBy}`,
      parameter.releasedBy && `released by ${parameter.releasedBy}`,
    ),
  );
  return `${what} ${name} ${convention} ${returnsSpelled} (${list.join(", ")})`;
}

function attributeLine(of: string, { name, constant, struct }: Attribute): string {
  return `attribute ${of} ${name} ${constant.name} ${struct.name}`;
}

function words(...parts: (string | false | 0 | undefined)[]): string {
  return parts.filter(Boolean).join(" ");
}
