import { Arena } from "../memory/index.ts";
import type { ClientAccount } from "../native/index.ts";
import type { GssapiCalls } from "./gssapi-calls.ts";
import type { GssapiContext } from "./gssapi-context.ts";
import { readLogonInfo } from "./pac/index.ts";

/** KERB_VALIDATION_INFO of the PAC in a client's ticket, as MIT's library names it. */
const logonInfo = "urn:mspac:logon-info";

/**
 * Returns the Windows account of a server's client. Undefined if its ticket has no such data, or if the library does
 * not report the data as authenticated: anybody can put data into a ticket's request.
 *
 * @throws RangeError if the data is authenticated but cannot be read.
 */
export function clientAccountOf(calls: GssapiCalls, context: GssapiContext): ClientAccount | undefined {
  const name = context.cells.source;
  if (context.initiator || context.state !== "complete" || name === 0) return undefined;
  const bytes = authenticatedAttribute(calls, name, logonInfo);
  return bytes && readLogonInfo(bytes);
}

function authenticatedAttribute(calls: GssapiCalls, name: number, attribute: string): Uint8Array | undefined {
  const ask = calls.library.find("gss_get_name_attribute");
  if (!ask) return undefined;
  const arena = new Arena(256);
  const [minor, authenticated, complete, more] = [4, 4, 4, 4].map((size) => arena.allocate(size));
  const [wanted, value, shown] = [16, 16, 16].map((size) => arena.allocate(size));
  if (!(minor && authenticated && complete && more && wanted && value && shown)) return undefined;
  const text = arena.write(Buffer.from(attribute));
  arena.putPointer(wanted.offset, text.size);
  arena.putPointer(wanted.offset + 8, text.address);
  // Ask for all values; the attribute has one.
  arena.u32[more.offset >> 2] = 0xffff_ffff;
  const outputs = [authenticated, complete, value, shown, more].map(({ address }) => address);
  const major = Number(ask(minor.address, name, wanted.address, ...outputs)) >>> 0;
  const bytes = calls.takeBuffer(arena, value.offset);
  calls.takeBuffer(arena, shown.offset);
  return major === 0 && arena.u32[authenticated.offset >> 2] !== 0 ? bytes : undefined;
}
