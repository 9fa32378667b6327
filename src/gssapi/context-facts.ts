import { gss_buffer_desc, gss_buffer_set_desc } from "../../generated/gssapi/structs.ts";
import { hostAbi } from "../ctypes/index.ts";
import { Arena } from "../memory/index.ts";
import { copyOut, readStruct } from "../native/index.ts";
import type { GssapiCalls } from "./gssapi-calls.ts";
import type { GssapiContext } from "./gssapi-context.ts";
import { oidAddress } from "./object-identifiers.ts";

/** The names of a context's client and server, as the mechanism reports them; empty if it does not report one. */
export interface ContextNames {
  readonly client: string;
  readonly server: string;
}

export function namesOf(calls: GssapiCalls, context: GssapiContext): ContextNames {
  return inquire(calls, context, true);
}

/** Returns only the client's name, which every logon needs. */
export function clientNameOf(calls: GssapiCalls, context: GssapiContext): string {
  return inquire(calls, context, false).client;
}

function inquire(calls: GssapiCalls, { handle }: GssapiContext, both: boolean): ContextNames {
  const arena = new Arena(64);
  const [minor, client, server] = [arena.allocate(4), arena.allocate(8), arena.allocate(8)];
  const ask = calls.library.get("gss_inquire_context");
  const major = Number(ask(minor.address, handle, client.address, both ? server.address : 0, 0, 0, 0, 0, 0)) >>> 0;
  const names = [arena.getPointer(client.offset), arena.getPointer(server.offset)] as const;
  try {
    calls.check("gss_inquire_context", major, arena.u32[minor.offset >> 2] as number, "kerberos");
    const [clientName, serverName] = names.map((name) => calls.displayName(name) ?? "");
    // A client that asked for a service without a realm does not learn the service's realm.
    return { client: clientName ?? "", server: serverName?.replace(/@$/, "") ?? "" };
  } finally {
    for (const name of names) calls.releaseName(name);
  }
}

/** A key, which the caller zeroes. */
export interface ContextKey {
  readonly key: Uint8Array<ArrayBuffer>;
  /** The key's number among Kerberos' encryption types. */
  readonly encryptionType: number;
}

const setSize = gss_buffer_desc.layouts[hostAbi].size;

/** Returns the session key of the context; the caller zeroes it. */
export function sessionKeyOf(calls: GssapiCalls, { handle }: GssapiContext): ContextKey {
  const arena = new Arena(32);
  const [minor, set] = [arena.allocate(4), arena.allocate(8)];
  const ask = calls.library.get("gss_inquire_sec_context_by_oid");
  const major = Number(ask(minor.address, handle, oidAddress("sessionKey"), set.address)) >>> 0;
  calls.check("gss_inquire_sec_context_by_oid", major, arena.u32[minor.offset >> 2] as number, "kerberos");
  try {
    const { count, elements } = readStruct(gss_buffer_set_desc, arena.getPointer(set.offset));
    const parts = Array.from({ length: Number(count) }, (_, index) => {
      const { length, value } = readStruct(gss_buffer_desc, elements + BigInt(index * setSize));
      return copyOut(value, Number(length));
    });
    // The second part is an object identifier whose last arc is the type.
    return { key: parts[0] ?? new Uint8Array(), encryptionType: parts[1]?.at(-1) ?? 0 };
  } finally {
    calls.library.get("gss_release_buffer_set")(minor.address, set.address);
  }
}
