import {
  addressOf,
  copyOut,
  hostAbi,
  KERB_QUERY_TKT_CACHE_REQUEST,
  KERB_QUERY_TKT_CACHE_RESPONSE,
  KERB_TICKET_FLAGS,
  KerbQueryTicketCacheMessage,
  type LSA_UNICODE_STRING,
  LsaCallAuthenticationPackage,
  LsaConnectUntrusted,
  LsaDeregisterLogonProcess,
  LsaFreeReturnBuffer,
  LsaLookupAuthenticationPackage,
  MICROSOFT_KERBEROS_NAME_A,
  namesOf,
  ntStatus,
  sspiStatus,
} from "../raw.ts";

/** A ticket of the process's user, as `klist` lists it. */
export interface Ticket {
  readonly server: string;
  /** The names of `KERB_TICKET_FLAGS_*`. */
  readonly flags: readonly string[];
}

/** The Kerberos ticket cache, read with the functions of ntsecapi.h. */
export function ticketCache(): Ticket[] {
  const connection: [bigint?] = [];
  checked("LsaConnectUntrusted", LsaConnectUntrusted(connection));
  const [lsa = 0n] = connection;
  try {
    return tickets(lsa, kerberosOf(lsa));
  } finally {
    LsaDeregisterLogonProcess(lsa);
  }
}

function kerberosOf(lsa: bigint): number {
  const name = Buffer.from(MICROSOFT_KERBEROS_NAME_A);
  const number: [number?] = [];
  const counted = { Length: name.length, MaximumLength: name.length, Buffer: addressOf(name) };
  checked("LsaLookupAuthenticationPackage", LsaLookupAuthenticationPackage(lsa, counted, number));
  return number[0] ?? 0;
}

function tickets(lsa: bigint, kerberos: number): Ticket[] {
  const request = new DataView(new ArrayBuffer(KERB_QUERY_TKT_CACHE_REQUEST.layouts[hostAbi].size));
  KERB_QUERY_TKT_CACHE_REQUEST.write(request, { MessageType: KerbQueryTicketCacheMessage });
  const response: [bigint?] = [];
  const length: [number?] = [];
  const status: [number?] = [];
  const called = LsaCallAuthenticationPackage(lsa, kerberos, request, request.byteLength, response, length, status);
  checked("LsaCallAuthenticationPackage", called);
  checked("Kerberos", (status[0] ?? 0) >>> 0);
  const [address = 0n] = response;
  try {
    const bytes = copyOut(address, length[0] ?? 0);
    return KERB_QUERY_TKT_CACHE_RESPONSE.read(new DataView(bytes.buffer)).Tickets.map((ticket) => ({
      server: `${text(ticket.ServerName)}@${text(ticket.RealmName)}`,
      flags: flagsOf(ticket.TicketFlags),
    }));
  } finally {
    LsaFreeReturnBuffer(address);
  }
}

function text({ Buffer: address, Length }: LSA_UNICODE_STRING): string {
  return Buffer.from(copyOut(address, Length).buffer).toString("utf16le");
}

function flagsOf(bits: number): string[] {
  const flags = Object.entries(KERB_TICKET_FLAGS);
  return flags.filter(([, flag]) => (bits & flag) >>> 0 === flag).map(([name]) => name);
}

function checked(operation: string, status: number): void {
  if (status === 0) return;
  const [name = `0x${status.toString(16)}`] = [...namesOf(sspiStatus, status), ...namesOf(ntStatus, status)];
  throw new Error(`${operation}: ${name}`);
}
