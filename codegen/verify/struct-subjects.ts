import type { Abi } from "../../src/ctypes/abi.ts";
import { type ReachedField, reachedFields } from "../model/reached-fields.ts";
import type { Model, Struct } from "../model/types.ts";
import { asserted, type Check, folded, type Subject, typeName } from "./subject.ts";

/** Makes the checks of a struct: its size and alignment, and the offset, size and type of each field. */
export function structSubjects(struct: Struct, model: Model, abi: Abi): Subject[] {
  if (struct.nested) return [];
  const { name, stem, header } = struct;
  const { size, align } = struct.layouts[abi];
  const whole: Subject = {
    stem,
    header,
    kind: "structs",
    name,
    presence: typeName(name),
    checks: [
      asserted(`size ${size}`, `sizeof(${name}) == ${size}`),
      asserted(`alignment ${align}`, `_Alignof(${name}) == ${align}`),
    ],
  };
  const fields = reachedFields(struct, model).map(
    (reached): Subject => ({
      stem,
      header,
      kind: "fields",
      name: `${name}.${reached.path}`,
      within: name,
      presence: fieldPresence(struct, reached),
      checks: reached.field.bits ? [bitCheck(struct, reached, abi)] : fieldChecks(struct, reached, model, abi),
    }),
  );
  return [whole, ...fields];
}

function member({ name }: Struct, { designator }: ReachedField): string {
  return `((${name} *)0)->${designator}`;
}

function fieldPresence(struct: Struct, reached: ReachedField): string {
  // A bit-field has a value, but no offset and no size.
  if (reached.field.bits) return `enum { present_@ = sizeof(${member(struct, reached)} + 0) };`;
  return `enum { present_@ = __builtin_offsetof(${struct.name}, ${reached.designator}) };`;
}

function fieldChecks(struct: Struct, reached: ReachedField, model: Model, abi: Abi): Check[] {
  const { field, designator } = reached;
  const { offset, size } = reached.extents[abi];
  // A trailing array may be declared without a length; then only its elements have a size.
  const place = field.trailing ? `${member(struct, reached)}[0]` : member(struct, reached);
  const bytes = field.trailing ? size / (field.count ?? 1) : size;
  const checks = [
    asserted(`offset ${offset}`, `__builtin_offsetof(${struct.name}, ${designator}) == ${offset}`),
    asserted(`size ${bytes}`, `sizeof(${place}) == ${bytes}`),
  ];
  if (field.type.kind === "struct" && model.structs.get(field.type.name)?.nested) return checks;
  const array = field.count === undefined || field.trailing ? "" : `[${field.count}]`;
  const spelled = `${field.spelled}${array}`;
  const same = `__builtin_types_compatible_p(__typeof__(${place}), __typeof__(${field.spelled})${array})`;
  return [...checks, asserted(`type \`${spelled}\``, same, "types")];
}

/** Checks which bits of the storage unit the field changes. */
function bitCheck({ name }: Struct, { field, designator, extents }: ReachedField, abi: Abi): Check {
  const { width, shift } = field.bits ?? { width: 0, shift: 0 };
  const { offset, size } = extents[abi];
  const mask = ((1n << BigInt(width)) - 1n) << BigInt(shift);
  const statements = [
    `union { unsigned char bytes[sizeof(${name})]; ${name} value; } memory;`,
    "unsigned long long unit = 0;",
    "__builtin_memset(&memory, 0, sizeof memory);",
    `memory.value.${designator} = -1;`,
    `__builtin_memcpy(&unit, memory.bytes + ${offset}, ${size});`,
  ];
  return folded(
    `bits ${shift} to ${shift + width - 1} at offset ${offset}`,
    statements.join(" "),
    `unit != ${mask}ull`,
  );
}
