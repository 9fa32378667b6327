import { statusesOf } from "../model/statuses.ts";
import type { Constant, Enumeration, Header } from "../model/types.ts";
import { asserted, type Check, expression, folded, type Subject, typeName } from "./subject.ts";

/** Makes the checks of constants and statuses with their values, and of enums with their members. */
export function valueSubjects(header: Header): Subject[] {
  const { stem } = header;
  const constants = header.constants.map((constant) => constantSubject(header, constant.name, valueChecks(constant)));
  const statuses = statusesOf(header).flatMap(({ name, aliases, value }) =>
    [name, ...aliases].map((one) => constantSubject(header, one, [statusCheck(one, value)])),
  );
  const enums = header.enums.flatMap((one) => enumSubjects(one, { stem, header: header.header }));
  return [...constants, ...statuses, ...enums];
}

function constantSubject({ stem, header }: Header, name: string, checks: readonly Check[]): Subject {
  const presence = `#ifndef ${name}\n${expression(name)}\n#endif`;
  return { stem, header, kind: "constants", name, presence, checks };
}

function valueChecks({ name, value, guid }: Constant): Check[] {
  if (guid) return [guidCheck(name, `${value}`)];
  return typeof value === "string" ? [textCheck(name, value)] : integerChecks(name, value);
}

function integerChecks(name: string, value: bigint): Check[] {
  const wide = BigInt.asIntN(64, value);
  const claim = `value ${value < 0n ? value : `0x${value.toString(16)}`}`;
  const exact = `(long long)(${name}) == ${literal(wide)}`;
  if (value <= 0xffff_ffffn && value >= -0x8000_0000n) {
    const narrow = `(sizeof(${name}) <= 4 && (unsigned)(${name}) == ${BigInt.asUintN(32, value)}u)`;
    return [asserted(claim, `${exact} || ${narrow}`)];
  }
  // A negative number cast to the width of a pointer has 32 bits on ABIs with 32-bit pointers.
  const cast = wide < 0n && wide >= -0x8000_0000n ? ` || (sizeof(void *) == 4 && (int)(${name}) == ${wide})` : "";
  const width = cast === "" ? "sizeof(%) == 8" : "sizeof(%) == 8 || sizeof(%) == sizeof(void *)";
  return [asserted(claim, `${exact}${cast}`), asserted("64 bits", width.replaceAll("%", name))];
}

/** Writes an integer literal. `-9223372036854775808` is not a literal in C: its magnitude has no type. */
function literal(value: bigint): string {
  return value < 0n ? `(-${-value - 1n}ll - 1)` : `${value}ll`;
}

function statusCheck(name: string, value: number): Check {
  const same = `sizeof(${name}) == 4 && (unsigned)(${name}) == ${value}u`;
  return asserted(`value 0x${value.toString(16).padStart(8, "0")}`, same);
}

/**
 * Compares a constant as a C string: more bytes may follow its NUL. The header determines whether its characters are
 * wide.
 */
function textCheck(name: string, text: string): Check {
  // Uses C's escape for a NUL inside a name; the names of entry points contain one.
  const quoted = JSON.stringify(text).replaceAll("\\u0000", "\\000");
  const bytes = text.length + 1;
  const narrow = `sizeof(${name}) < ${bytes} || __builtin_memcmp(${name}, ${quoted}, ${bytes})`;
  const wide = `sizeof(${name}) < sizeof(L${quoted}) || __builtin_memcmp(${name}, L${quoted}, sizeof(L${quoted}))`;
  return folded(`value ${quoted}`, "", `sizeof((${name})[0]) == 1 ? ${narrow} : ${wide}`);
}

function guidCheck(name: string, guid: string): Check {
  const [first = "", second = "", third = "", ...rest] = guid.split("-");
  const bytes = rest.join("").match(/../g) ?? [];
  const wrong = [
    `is.Data1 != 0x${first}u`,
    `is.Data2 != 0x${second}`,
    `is.Data3 != 0x${third}`,
    ...bytes.map((byte, index) => `is.Data4[${index}] != 0x${byte}`),
  ].join(" || ");
  const check = folded(`value ${guid}`, "const GUID is = GUID_@;", wrong);
  // As a macro the GUID is a brace initialiser, otherwise an object.
  const macro = `#ifdef ${name}\nstatic const GUID object_@ = ${name};\n#define GUID_@ object_@\n`;
  return { ...check, code: `${macro}#else\n#define GUID_@ ${name}\n#endif\n${check.code}` };
}

function enumSubjects({ name, members }: Enumeration, place: Pick<Subject, "stem" | "header">): Subject[] {
  const checks = [asserted("size 4", `sizeof(${name}) == 4`)];
  return [
    { ...place, kind: "enums", name, presence: typeName(name), checks },
    ...members.map((member): Subject => {
      const value = typeof member.value === "bigint" ? integerChecks(member.name, member.value) : [];
      const presence = expression(member.name);
      return { ...place, kind: "members", name: `${name}.${member.name}`, within: name, presence, checks: value };
    }),
  ];
}
