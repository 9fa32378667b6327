import { type Abi, abis } from "../../src/ctypes/abi.ts";
import { reachedFields } from "../model/reached-fields.ts";
import { statusesOf } from "../model/statuses.ts";
import type { Constant, Header, Model, Parameter, Signature, Struct } from "../model/types.ts";

type Value = number | string;
interface LayoutJson {
  readonly size: number;
  readonly align: number;
  readonly fields: Readonly<Record<string, { readonly offset: number; readonly size: number }>>;
}
interface SignatureJson {
  readonly header: string;
  readonly convention: "stdcall" | "cdecl";
  readonly returns: string;
  readonly params: readonly {
    readonly name: string;
    readonly type: string;
    readonly direction: "in" | "out" | "inout";
    readonly optional: boolean;
    readonly releasedBy?: string;
  }[];
}

/** All declarations of the metadata, for other programs. */
export interface SurfaceJson {
  readonly structs: Readonly<
    Record<string, { readonly header: string; readonly layout: Readonly<Record<Abi, LayoutJson>> }>
  >;
  readonly constants: Readonly<Record<string, { readonly header: string; readonly value: Value }>>;
  readonly enums: Readonly<
    Record<string, { readonly header: string; readonly members: Readonly<Record<string, Value>> }>
  >;
  readonly functions: Readonly<Record<string, SignatureJson & { readonly libraries: readonly string[] }>>;
  readonly callbacks: Readonly<Record<string, SignatureJson>>;
}

export function surfaceJson(model: Model): SurfaceJson {
  const { headers } = model;
  const structs = headers.flatMap((one) => one.structs).filter(({ nested }) => !nested);
  return {
    structs: byName(structs, (struct) => ({ header: struct.header, layout: layoutJson(struct, model) })),
    constants: Object.fromEntries(sorted(headers.flatMap(constantEntries))),
    enums: Object.fromEntries(
      sorted(headers.flatMap(({ header, enums }) => enums.map((one) => [one.name, { header, members: members(one) }]))),
    ),
    functions: byName([...model.functions.values()], (declared) => ({
      ...signatureJson(declared),
      libraries: declared.libraries,
    })),
    callbacks: byName(callbacksOf(model), signatureJson),
  };
}

/** Returns each callback under every name that the headers give it. */
function callbacksOf({ callbacks, callbackAliases }: Model): Signature[] {
  const aliases = [...callbackAliases].flatMap(([name, target]) => {
    const callback = callbacks.get(target);
    return callback ? [{ ...callback, name }] : [];
  });
  return [...callbacks.values(), ...aliases];
}

function layoutJson(struct: Struct, model: Model): Record<Abi, LayoutJson> {
  const fields = reachedFields(struct, model);
  const layouts = abis.map((abi) => {
    const { size, align } = struct.layouts[abi];
    return [abi, { size, align, fields: Object.fromEntries(fields.map(({ path, extents }) => [path, extents[abi]])) }];
  });
  return Object.fromEntries(layouts) as Record<Abi, LayoutJson>;
}

function constantEntries(of: Header) {
  const { header, constants } = of;
  const entry = (name: string, value: Value): [string, { header: string; value: Value }] => [name, { header, value }];
  const statuses = statusesOf(of).flatMap(({ name, aliases, value }) =>
    [name, ...aliases].map((one) => entry(one, value)),
  );
  return [...constants.map((constant) => entry(constant.name, valueJson(constant))), ...statuses];
}

function members({ members }: { readonly members: readonly Constant[] }): Record<string, Value> {
  return Object.fromEntries(members.map((member) => [member.name, valueJson(member)]));
}

/** Writes large numbers as text, because JSON's numbers are exact only up to 2^53. */
function valueJson({ value }: Constant): Value {
  if (typeof value === "string") return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}

function signatureJson({ header, convention, returnsSpelled, parameters }: Signature): SignatureJson {
  return { header, convention, returns: returnsSpelled, params: parameters.map(parameterJson) };
}

function parameterJson({ name, spelled, direction, optional, releasedBy }: Parameter): SignatureJson["params"][number] {
  const released = releasedBy === undefined ? {} : { releasedBy };
  return { name, type: spelled, direction, optional: optional ?? false, ...released };
}

function byName<T extends { readonly name: string }, J>(
  entities: readonly T[],
  json: (one: T) => J,
): Record<string, J> {
  return Object.fromEntries(sorted(entities.map((one): [string, J] => [one.name, json(one)])));
}

function sorted<T>(entries: readonly (readonly [string, T])[]): (readonly [string, T])[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
