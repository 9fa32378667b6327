import { inspect } from "node:util";
import * as sspi from "../../index.ts";
import * as raw from "../../raw.ts";
import { docsOf, docsOfMember } from "./declared-docs.ts";
import { textOfDocs } from "./docs-text.ts";
import { isStruct, structTable } from "./shown-value.ts";

/**
 * Prints the documentation of a function, struct, flag group or constant of the headers, of a class or function of the
 * library, of an object that it made, or of a status by number. A name in quotes works too, also of a member:
 * `help("Credential.acquire")`.
 */
export function help(subject?: unknown): object {
  return { [inspect.custom]: () => helpText(subject) };
}

// `help` typed without parentheses prints the help too, as at other prompts.
Object.defineProperty(help, inspect.custom, { value: () => helpText(undefined) });

function helpText(subject: unknown): string {
  if (subject === undefined) return textOfDocs(docsOf("help")?.docs ?? "");
  if (typeof subject === "number" || typeof subject === "bigint") return statusText(Number(subject));
  const name = typeof subject === "string" ? subject : nameOf(subject);
  return (
    (name && textOf(name)) || `nothing is known of ${name ?? inspect(subject, { depth: 0 })}; raw has ${nearby(name)}`
  );
}

/**
 * The name under which a value is exported; if it is not exported, the one of the member that it is, its own name or
 * that of its class.
 */
function nameOf(subject: unknown): string | undefined {
  if ((typeof subject !== "object" && typeof subject !== "function") || subject === null) return undefined;
  for (const module of [sspi, raw])
    for (const [name, value] of Object.entries(module)) if (value === subject) return name;
  return typeof subject === "function" ? (memberName(subject) ?? subject.name) : subject.constructor?.name;
}

/** The name of a function that is a member of an exported class: `Credential.acquire`. */
function memberName(subject: unknown): string | undefined {
  // Async and arrow functions have no prototype.
  for (const owner of Object.keys(sspi))
    for (const one of classes(owner))
      for (const holder of [one, (one.prototype as object | undefined) ?? {}])
        for (const [member, { value }] of Object.entries(Object.getOwnPropertyDescriptors(holder)))
          if (value === subject && member !== "constructor") return `${owner}.${member}`;
  return undefined;
}

function textOf(name: string): string | undefined {
  const [owner = "", member] = name.split(".");
  const found = docsOf(owner);
  if (!found) return constantText(owner);
  if (member !== undefined) {
    const docs = memberDocs(owner, member);
    return docs && `${name}\n${textOfDocs(docs)}`;
  }
  const named = valueOfRaw(owner);
  const table = isStruct(named)
    ? `\n\n${structTable(named, (field) => textOfDocs(docsOfMember(owner, field) ?? "").replaceAll("\n", " "))}`
    : "";
  return `${owner}\n${textOfDocs(found.docs)}${table}${moreOf(owner)}`;
}

function moreOf(owner: string): string {
  const parts = members(owner);
  return parts.length === 0 ? "" : `\n\nhelp("${owner}.${parts[0]}") says more of: ${parts.join(", ")}`;
}

function valueOfRaw(name: string): unknown {
  return (raw as Readonly<Record<string, unknown>>)[name];
}

/** The value and group of a constant that has no documentation of its own. */
function constantText(name: string): string | undefined {
  const value = valueOfRaw(name);
  if (typeof value !== "number" && typeof value !== "bigint" && typeof value !== "string") return undefined;
  const groups = Object.keys(raw).filter((group) => name.startsWith(`${group}_`) && docsOf(group));
  const group = groups.sort((one, other) => other.length - one.length)[0];
  const hex = typeof value === "string" ? "" : ` (0x${(typeof value === "number" ? value >>> 0 : value).toString(16)})`;
  return `${name} = ${inspect(value)}${hex}${group === undefined ? "" : `\nhelp(raw.${group}) says what it belongs to.`}`;
}

/** A class and its base classes, the nearest first. */
function classes(name: string): readonly (new () => object)[] {
  const found: (new () => object)[] = [];
  let of: unknown = (sspi as Readonly<Record<string, unknown>>)[name];
  for (; typeof of === "function" && of !== Function.prototype; of = Object.getPrototypeOf(of))
    found.push(of as new () => object);
  return found;
}

function memberDocs(owner: string, member: string): string | undefined {
  const owners = [owner, ...classes(owner).map(({ name }) => name)];
  return owners.map((name) => docsOfMember(name, member)).find((docs) => docs !== undefined);
}

/** The documented members of a class: static ones and those of its instances. */
function members(name: string): string[] {
  if (!/^[A-Z]/.test(name)) return [];
  const names = classes(name).flatMap((one) => [
    ...Object.getOwnPropertyNames(one),
    ...Object.getOwnPropertyNames(one.prototype),
  ]);
  return [...new Set(names)].filter((member) => member !== "constructor" && memberDocs(name, member) !== undefined);
}

function statusText(status: number): string {
  try {
    const { code, kind, text } = sspi.statusFact(status);
    return `${code} (${kind}): ${text}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The names that contain the given one. */
function nearby(name: string | undefined): string {
  const wanted = name?.toLowerCase();
  const near = wanted ? Object.keys(raw).filter((known) => known.toLowerCase().includes(wanted)) : [];
  return near.length === 0 ? "no name like it" : near.slice(0, 12).join(", ");
}
