/** Headers that are compiled together, and the folder that lists the names they lack. */
export interface HeaderSet {
  /** The name of the folder with the lists of absent names. */
  readonly name: string;
  readonly include: readonly string[];
  readonly prelude: string;
}

/**
 * The order in which the headers need each other: ntsecapi.h spells its package names only before sspi.h, ntsecpkg.h
 * needs both. Headers that are not listed here follow, by name.
 */
const order = ["lsalookup.h", "ntsecapi.h", "sspi.h", "security.h", "secext.h", "subauth.h", "ntsecpkg.h"];

const defines = [
  // All of SSPI for programs in user mode, up to Windows 11.
  "#define _WIN32_WINNT 0x0A00",
  "#define NTDDI_VERSION 0x0A00000C",
  // Security packages are compiled with this: SpGetInfo takes a SecPkgInfoW.
  "#define UNICODE 1",
  // Half of windows.h, such as OLE and sockets, is not needed here and takes as long to compile as the rest.
  "#define WIN32_LEAN_AND_MEAN 1",
  "#define SECURITY_WIN32 1",
  "#define SCHANNEL_USE_BLACKLISTS 1",
  // Packed credentials, and the structs that CredUI passes to packages.
  "#define _SEC_WINNT_AUTH_TYPES 1",
  // Declares GUIDs as objects whose value the optimiser sees.
  "#define INITGUID 1",
  "#define DECLSPEC_SELECTANY",
];
const basics = [
  // winnt.h declares a few statuses; ntstatus.h, which has all, would declare them again.
  "#define WIN32_NO_STATUS 1",
  "#include <windows.h>",
  "#undef WIN32_NO_STATUS",
  ...["ntstatus.h", "winternl.h", "wincrypt.h", "wincred.h"].map(included),
];
const windowsWords = ["#define CALL_stdcall __stdcall", "#define CALL_cdecl __cdecl"];
const posixWords = ["#define CALL_stdcall", "#define CALL_cdecl"];
/** glibc declares `secure_getenv` only with this macro. */
const gnuWords = "#define _GNU_SOURCE 1";
/** A typedef for a struct that the header names only by its tag. */
const tagged = "typedef struct gss_channel_bindings_struct gss_channel_bindings_struct;";
/**
 * A typedef for a function pointer that OpenSSL spells out in a parameter: the check of that function compares this
 * too.
 */
const unnamed = "typedef void (*tls_message_callback)(int, int, int, const void *, size_t, SSL *, void *);";
const differs = 'void differs(void) __attribute__((error("differs")));';

export function windowsHeaders(headers: readonly string[], include: readonly string[]): HeaderSet {
  const ranked = [...new Set(headers)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const lines = [...defines, ...basics, ...ranked.map(included), ...windowsWords, differs];
  return { name: include.length === 0 ? "mingw" : "other", include, prelude: lines.join("\n") };
}

/** Typedefs that a family's headers lack. */
const posixTypedefs: Readonly<Record<Family, readonly string[]>> = {
  windows: [],
  winpr: [],
  gssapi: [tagged],
  openssl: [unnamed],
};

/** The headers of a Unix library, which need nothing before them. */
export function posixHeaders(name: string, headers: readonly string[], include: string): HeaderSet {
  const typedefs = headers.slice(0, 1).flatMap((header) => posixTypedefs[familyOf(header)]);
  const lines = [gnuWords, ...[...new Set(headers)].sort().map(included), ...typedefs, ...posixWords, differs];
  return { name, include: [include], prelude: lines.join("\n") };
}

/** The GSS.framework of macOS, which the compiler finds by itself. */
export function appleHeaders(include: readonly string[] = []): HeaderSet {
  return { name: "apple", include, prelude: [included("GSS/gssapi.h"), tagged, ...posixWords, differs].join("\n") };
}

/** The origin of a header. */
export type Family = "windows" | "winpr" | "gssapi" | "openssl";

/** Other headers that the provider over GSSAPI needs. */
const gssapiBeside: ReadonlySet<string> = new Set(["krb5.h", "stdlib.h"]);

export function familyOf(header: string): Family {
  if (header.startsWith("winpr/")) return "winpr";
  if (header.startsWith("openssl/")) return "openssl";
  return header.startsWith("gssapi/") || gssapiBeside.has(header) ? "gssapi" : "windows";
}

/** Includes a header only if it exists; each name of a missing header is then reported as absent. */
function included(header: string): string {
  return `#if __has_include(<${header}>)\n#include <${header}>\n#endif`;
}

function rank(header: string): number {
  const index = order.indexOf(header);
  return index < 0 ? order.length : index;
}
