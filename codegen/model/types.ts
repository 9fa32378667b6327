import type { Abi, ScalarName } from "../../src/ctypes/index.ts";
import type { Place } from "../problem.ts";

/** A C type with all typedefs followed. */
export type Resolved =
  | { readonly kind: "scalar"; readonly scalar: ScalarName; readonly text?: "wide" | "ansi"; readonly time?: true }
  | { readonly kind: "struct" | "callback" | "enum"; readonly name: string }
  | { readonly kind: "void" }
  | { readonly kind: "pointer"; readonly to: Resolved };

export interface Constant {
  readonly name: string;
  readonly value: bigint | string;
  readonly hex: boolean;
  readonly guid?: true;
  readonly summary?: string;
}

export interface FlagGroup {
  readonly name: string;
  readonly type: string;
  readonly summary?: string;
  /** The fields and parameters that take values of the group: `fContextReq` of InitializeSecurityContextW. */
  readonly usedBy: readonly string[];
  readonly members: readonly { readonly camel: string; readonly constant: Constant }[];
}

export interface Enumeration {
  readonly name: string;
  readonly summary: string;
  readonly docs?: string;
  readonly members: readonly Constant[];
}

/** The facts about a pointer, a size or a flag word that only documentation gives. */
export interface Notes {
  readonly sizedBy?: string;
  readonly counts?: "bytes" | "elements";
  readonly releasedBy?: string;
  readonly flags?: string;
  readonly summary?: string;
}

export interface Field extends Notes {
  readonly name: string;
  readonly spelled: string;
  readonly type: Resolved;
  readonly count?: number;
  readonly trailing?: true;
  readonly bits?: { readonly width: number; readonly shift: number };
  readonly since?: string;
}

export interface Layout {
  readonly size: number;
  readonly align: number;
  readonly offsets: Readonly<Record<string, number>>;
}

export interface Struct {
  readonly name: string;
  readonly stem: string;
  readonly group?: string;
  readonly header: string;
  readonly kind: "struct" | "union";
  /** Marks the type of a named member, which has no name of its own in C. */
  readonly nested?: true;
  readonly pack?: number;
  /** The packing on `darwin-x64` only. */
  readonly applePack?: number;
  readonly summary: string;
  readonly docs?: string;
  readonly fields: readonly Field[];
  readonly layouts: Readonly<Record<Abi, Layout>>;
  readonly table?: FunctionTable;
  readonly earlier?: readonly EarlierForm[];
}

/** A struct in the form that it had before it grew. */
export interface EarlierForm {
  readonly last: string;
  readonly sizes: Readonly<Record<Abi, number>>;
}

/** The last member of each version of a function table. */
export interface FunctionTable {
  readonly version?: string;
  readonly ends: readonly { readonly constant: string; readonly version: number; readonly last: string }[];
}

export interface Parameter extends Notes {
  readonly name: string;
  readonly spelled: string;
  readonly type: Resolved;
  readonly direction: "in" | "out" | "inout";
  readonly optional?: true;
  readonly releasedField?: string;
  readonly why?: string;
}

export interface Signature {
  readonly name: string;
  readonly stem: string;
  readonly header: string;
  readonly summary: string;
  readonly docs?: string;
  readonly convention: "stdcall" | "cdecl";
  readonly returnsSpelled: string;
  readonly returns: Resolved;
  readonly result?: string;
  readonly parameters: readonly Parameter[];
}

export interface NativeFunction extends Signature {
  readonly group?: string;
  readonly libraries: readonly string[];
  readonly mayBlock?: true;
  readonly resultReleasedBy?: string;
  readonly release?: Release;
}

export interface Callback extends Signature {
  readonly group?: string;
  /** The function with the same signature. */
  readonly like?: string;
  /** The name means the function's type, not a pointer to it. */
  readonly form?: "function";
}

export interface Release {
  readonly counts: "credentials" | "contexts" | "certificates" | "buffers" | "tokens" | "tls";
  readonly success: "zero" | "nonzero" | "always";
}

export interface Attribute {
  readonly name: string;
  readonly constant: Constant;
  /** The struct that the query fills, or that the pointer points to which it fills. */
  readonly struct: Struct;
  readonly pointer?: LonePointer;
  readonly preset: readonly (readonly [field: string, value: Constant])[];
  readonly summary: string;
}

export interface LonePointer {
  readonly spelled: string;
  readonly field?: string;
  readonly releasedBy?: string;
}

export interface Status {
  readonly name: string;
  readonly value: number;
  /** Absent if the name has to explain the status. */
  readonly text?: string;
  readonly aliases: readonly string[];
}

export interface Provider {
  readonly table: Struct;
  readonly slots: readonly {
    readonly function: NativeFunction;
    readonly member?: string;
    readonly since?: number;
  }[];
}

/** Everything that one metadata file declares, in the form that the emitters take. */
export interface Header {
  readonly stem: string;
  readonly header: string;
  /** Excluded from the raw door. */
  readonly internal?: true;
  /** The header belongs to the library, under another program's metadata: its names come from the raw door. */
  readonly library?: true;
  readonly constants: readonly Constant[];
  readonly flagGroups: readonly FlagGroup[];
  readonly enums: readonly Enumeration[];
  readonly structs: readonly Struct[];
  readonly callbacks: readonly Callback[];
  readonly functions: readonly NativeFunction[];
  readonly contextAttributes: readonly Attribute[];
  readonly credentialAttributes: readonly Attribute[];
  readonly sspiStatuses: readonly Status[];
  readonly ntStatuses: readonly Status[];
  /** HRESULTs that functions other than SSPI's return. */
  readonly hresults: readonly Status[];
  /** Win32 errors, by their own numbers. */
  readonly win32Errors: readonly Status[];
}

export interface Model {
  readonly headers: readonly Header[];
  readonly structs: ReadonlyMap<string, Struct>;
  readonly callbacks: ReadonlyMap<string, Callback>;
  /** Other names of callbacks, each with the callback's own name. */
  readonly callbackAliases: ReadonlyMap<string, string>;
  readonly functions: ReadonlyMap<string, NativeFunction>;
  readonly enums: ReadonlyMap<string, Enumeration>;
  readonly provider?: Provider;
}

export type { Abi, Place, ScalarName };
