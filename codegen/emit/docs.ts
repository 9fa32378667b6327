import type { Field, NativeFunction, Notes, Parameter, Signature, Struct } from "../model/types.ts";

/** Makes the text of a docstring: one line, or several in which long lines are broken between words. */
export function docText(lines: readonly string[]): string {
  const wrapped = lines.flatMap(wrap);
  const text = escapeComment(wrapped.join("\n"));
  return wrapped.length > 1 ? `\n${text}` : text;
}

/** Escapes text so that it does not end the comment that contains it. */
export function escapeComment(text: string): string {
  return text.replaceAll("*/", "*\\/");
}

/** Makes a comment from a docstring's text, for code that no structure of ts-morph represents. */
export function comment(docs: string): string {
  return docs.startsWith("\n") ? `/**${docs.replaceAll("\n", "\n * ")}\n */` : `/** ${docs} */`;
}

function wrap(line: string): string[] {
  const width = 112;
  if (line.length <= width || line.startsWith("@see")) return [line];
  const cut = line.lastIndexOf(" ", width);
  const indent = line.startsWith("@") || line.startsWith("  ") ? "  " : "";
  return cut <= indent.length ? [line] : [line.slice(0, cut), ...wrap(indent + line.slice(cut + 1))];
}

export function see(docs: string | undefined): string[] {
  return docs === undefined ? [] : [`@see ${docs}`];
}

export function structDocs(struct: Struct): string {
  const { size } = struct.layouts["win32-x64"];
  const narrow = struct.layouts["win32-ia32"].size;
  const bytes = size === narrow ? `${size} bytes.` : `${size} bytes (${narrow} on ia32).`;
  const tail = struct.fields.some(({ trailing }) => trailing)
    ? ["Ends with an array that may be longer than declared."]
    : [];
  const earlier = (struct.earlier ?? []).map(
    ({ last, sizes }) => `Grew: older code has it end with \`${last}\`, after ${sizes["win32-x64"]} bytes.`,
  );
  const head = `\`${struct.name}\` (${struct.header}): ${struct.summary} ${bytes}`;
  return docText([head, ...earlier, ...tail, ...see(struct.docs)]);
}

/** Describes a field, such as `void *`, `cbBuffer` bytes, and the function that releases it. */
export function fieldDocs(field: Field): string {
  const array = field.count === undefined ? "" : `[${field.count}]`;
  const bits = field.bits === undefined ? "" : `, ${field.bits.width} bits`;
  const head = `\`${field.spelled}${array}\`${bits}${sized(field)}`;
  const since = field.since === undefined ? "" : ` Exists since ${field.since}.`;
  return docText([
    `${head}${field.summary === undefined ? "." : `: ${field.summary.replace(/\.$/, "")}.`}${released(field)}${since}${flags(field)}`,
  ]);
}

function sized({ sizedBy, counts }: Notes): string {
  if (sizedBy === undefined) return "";
  return `, \`${sizedBy}\` ${counts === "elements" ? "elements" : "bytes"}`;
}

function released({ releasedBy }: Notes): string {
  return releasedBy === undefined ? "" : ` Released by ${releasedBy}.`;
}

function flags({ flags }: Notes): string {
  return flags === undefined ? "" : ` Values: \`${flags}\`.`;
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

export function functionDocs(declared: NativeFunction): string {
  return docText([
    declared.summary,
    "",
    ...prototype(declared),
    "",
    `${declared.libraries.join(", ")}; ${declared.convention}.${declared.mayBlock ? " May wait for a server." : ""}`,
    "",
    ...declared.parameters.map(parameterDocs),
    ...returned(declared),
    ...see(declared.docs),
  ]);
}

function returned({ result, resultReleasedBy }: NativeFunction): string[] {
  const release = resultReleasedBy === undefined ? [] : [`Released by ${resultReleasedBy}.`];
  const said = [...(result === undefined ? [] : [result]), ...release];
  return said.length === 0 ? [] : [`@returns ${said.join(" ")}`];
}

export function callbackDocs(declared: Signature): string {
  return docText([
    declared.summary,
    "",
    ...prototype(declared),
    "",
    `${declared.convention}.`,
    ...declared.parameters.filter(({ summary }) => summary !== undefined).map(parameterDocs),
    ...(declared.result === undefined ? [] : [`@returns ${declared.result}`]),
    ...see(declared.docs),
  ]);
}

/** Writes the C prototype, one parameter per line, with its direction as a comment. */
function prototype({ name, returnsSpelled, parameters }: Signature): string[] {
  const head = `${returnsSpelled} ${name}(`;
  if (parameters.length === 0) return ["```c", `${head}void);`, "```"];
  const spelled = parameters.map(({ spelled }) => spelled);
  const width = Math.max(...spelled.map((type) => type.replace(/ ?\*+$/, "").length)) + 1;
  const lines = parameters.map((parameter, index) => {
    const comma = index === parameters.length - 1 ? "" : ",";
    return `${declarator(parameter, width)}${comma}`;
  });
  const longest = Math.max(...lines.map((line) => line.length));
  const body = lines.map((line, index) => `  ${line.padEnd(longest)} // ${direction(parameters[index] as Parameter)}`);
  return ["```c", head, ...body, ");", "```"];
}

/** Writes `void      **pToken`: the stars stand next to the name, as in C. */
function declarator({ spelled, name }: Parameter, width: number): string {
  const stars = /\*+$/.exec(spelled)?.[0] ?? "";
  const type = spelled.slice(0, spelled.length - stars.length).trimEnd();
  return `${type.padEnd(width)}${stars}${name}`;
}

function direction({ direction, optional }: Parameter): string {
  return optional ? `${direction}, optional` : direction;
}

export function parameterDocs(parameter: Parameter): string {
  const { name, summary, sizedBy, counts, releasedBy, releasedField, flags, why } = parameter;
  const size = sizedBy === undefined ? [] : [`Holds \`${sizedBy}\`${counts === "elements" ? " elements." : " bytes."}`];
  const release =
    releasedBy === undefined
      ? []
      : [
          releasedField === undefined
            ? `Released by ${releasedBy}.`
            : `\`${releasedField}\` is released by ${releasedBy}.`,
        ];
  const values = flags === undefined ? [] : [`Values: \`${flags}_*\`.`];
  const said = summary === undefined ? [] : [sentence(summary)];
  const parts = [...said, ...size, ...values, ...release, ...(why === undefined ? [] : [sentence(why)])];
  return `@param ${name} ${direction(parameter)}. ${parts.join(" ")}`.trimEnd();
}
