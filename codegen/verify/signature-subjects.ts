import type { Callback, NativeFunction, Signature } from "../model/types.ts";
import { type Check, type Subject, typeName } from "./subject.ts";

export function functionSubject(declared: NativeFunction): Subject {
  const { stem, header, name } = declared;
  const presence = `enum { present_@ = sizeof(&${name}) };`;
  return { stem, header, kind: "functions", name, presence, checks: [prototypeCheck(declared, name)] };
}

export function callbackSubject(declared: Callback): Subject {
  const { stem, header, name, form } = declared;
  const pointer = form === "function" ? `(${name} *)0` : `(${name})0`;
  const presence = typeName(name);
  return { stem, header, kind: "callbacks", name, presence, checks: [prototypeCheck(declared, pointer)] };
}

/**
 * Assigns the function to a pointer of the metadata's type: the compiler then compares result, parameters and
 * convention.
 */
function prototypeCheck(declared: Signature, value: string): Check {
  const { convention, returnsSpelled, parameters } = declared;
  const types = parameters.length === 0 ? "void" : parameters.map(({ spelled }) => spelled).join(", ");
  const code = `void check_@(void) { ${returnsSpelled} (CALL_${convention} *declared)(${types}) = ${value}; (void)declared; }`;
  return { claim: `\`${returnsSpelled} __${convention} (${types})\``, unit: "types", code };
}
