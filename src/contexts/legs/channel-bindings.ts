import {
  SEC_CHANNEL_BINDINGS_AUDIT_BINDINGS,
  SEC_CHANNEL_BINDINGS_EX_MAGIC,
} from "../../../generated/sspi/constants.ts";
import { SEC_CHANNEL_BINDINGS, SEC_CHANNEL_BINDINGS_EX } from "../../../generated/sspi/structs.ts";
import { hostAbi } from "../../ctypes/index.ts";
import { Arena } from "../../memory/index.ts";
import { includesPackage, type SecurityProvider } from "../../native/index.ts";
import { checkBoolean, checkBytes, checkUint, type OptionNames, readOptions } from "../../values/index.ts";

/** An address of the client or the server, with its RFC 2744 address family; rarely used. */
export interface BindingAddress {
  /** The address family, as RFC 2744 numbers them: 2 is IPv4, 24 IPv6, 255 none. */
  readonly type: number;
  /** The address in network byte order. */
  readonly address: Uint8Array;
}

/**
 * Binds an authentication to the TLS connection that carries it. `applicationData` is the binding's name and value:
 * `tls-server-end-point:` and the hash of the server's certificate, with the hash function of the certificate's
 * signature (SHA-256 where that function is MD5 or SHA-1); or `tls-unique:` or `tls-exporter:` and its value.
 */
export interface ChannelBindings {
  /** The binding's name, a colon and its value, in bytes. */
  readonly applicationData: Uint8Array;
  /** The client's address; leave it out unless the peer gives it too. */
  readonly initiator?: BindingAddress;
  /** The server's address; leave it out unless the peer gives it too. */
  readonly acceptor?: BindingAddress;
  /**
   * Lets a server accept a client whose bindings differ, and learn the result of the comparison from the leg's output
   * `channelBindingsResult` (`SEC_CHANNEL_BINDINGS_EX`). Newer Windows only.
   */
  readonly audit?: boolean;
  /**
   * Accept a provider that does not enforce bindings: its clients drop them, or its servers accept a client whose
   * bindings are missing or belong to another connection. Without this option such a provider refuses bindings.
   */
  readonly acceptUnenforced?: boolean;
}

const bindingNames: OptionNames<ChannelBindings> = {
  applicationData: true,
  initiator: true,
  acceptor: true,
  audit: true,
  acceptUnenforced: true,
};
const addressNames: OptionNames<BindingAddress> = { type: true, address: true };

const nowhere: Required<BindingAddress> = { type: 0, address: new Uint8Array() };

function addressOf(given: BindingAddress | undefined, argument: string): Required<BindingAddress> {
  if (given === undefined) return nowhere;
  const { type = 0, address = nowhere.address } = readOptions<BindingAddress>(given, argument, addressNames);
  return { type, address };
}

/**
 * Refuses bindings that would protect nothing, before anybody relies on them.
 *
 * @throws RangeError where the provider's client does not send them, or its server does not compare them.
 */
export function checkBindingsReach(
  party: "client" | "server",
  { provider, package: name }: { readonly provider: SecurityProvider; readonly package: string },
  bindings: WrittenBindings | undefined,
): void {
  if (bindings === undefined || bindings.acceptsUnenforced) return;
  const { sendsBindings, enforcesBindings } = provider.traits;
  if (includesPackage(party === "client" ? sendsBindings : enforcesBindings, name)) return;
  const lack =
    party === "client" ? "does not send them" : "lets clients in that bound themselves to another connection";
  throw new RangeError(`channelBindings: ${name} of ${provider.label} ${lack}; accept that with acceptUnenforced`);
}

/** A `SEC_CHANNEL_BINDINGS` struct with its data, which every leg passes to the package. */
export class WrittenBindings {
  readonly size: number;
  readonly acceptsUnenforced: boolean;
  readonly #arena: Arena;

  /** @throws TypeError or RangeError naming what is wrong with them */
  constructor(options: ChannelBindings) {
    const bindings = readOptions<ChannelBindings>(options, "channelBindings", bindingNames);
    const { acceptUnenforced = false, audit = false } = bindings;
    this.acceptsUnenforced = checkBoolean(acceptUnenforced, "channelBindings.acceptUnenforced");
    const initiator = addressOf(bindings.initiator, "channelBindings.initiator");
    const acceptor = addressOf(bindings.acceptor, "channelBindings.acceptor");
    const parts = [
      checkBytes(initiator.address, "channelBindings.initiator.address"),
      checkBytes(acceptor.address, "channelBindings.acceptor.address"),
      checkBytes(bindings.applicationData, "channelBindings.applicationData"),
    ] as const;
    const struct = checkBoolean(audit, "channelBindings.audit") ? SEC_CHANNEL_BINDINGS_EX : SEC_CHANNEL_BINDINGS;
    const { size: head } = struct.layouts[hostAbi];
    const offsets = [head, head + parts[0].length, head + parts[0].length + parts[1].length] as const;
    this.size = offsets[2] + parts[2].length;
    this.#arena = new Arena(Math.ceil(this.size / 16) * 16);
    const fields = {
      dwInitiatorAddrType: checkUint(initiator.type, "channelBindings.initiator.type"),
      cbInitiatorLength: parts[0].length,
      dwInitiatorOffset: parts[0].length > 0 ? offsets[0] : 0,
      dwAcceptorAddrType: checkUint(acceptor.type, "channelBindings.acceptor.type"),
      cbAcceptorLength: parts[1].length,
      dwAcceptorOffset: parts[1].length > 0 ? offsets[1] : 0,
      cbApplicationDataLength: parts[2].length,
      dwApplicationDataOffset: offsets[2],
    };
    if (struct === SEC_CHANNEL_BINDINGS) struct.write(this.#arena.view, fields);
    else SEC_CHANNEL_BINDINGS_EX.write(this.#arena.view, { ...audited(head, this.size), ...fields });
    parts.forEach((part, index) => {
      this.#arena.bytes.set(part, offsets[index]);
    });
  }

  get address(): number {
    return this.#arena.base;
  }
}

/** The first fields of a SEC_CHANNEL_BINDINGS_EX, which a SEC_CHANNEL_BINDINGS does not have. */
function audited(cbHeaderLength: number, cbStructureLength: number): Partial<SEC_CHANNEL_BINDINGS_EX> {
  const flags = SEC_CHANNEL_BINDINGS_AUDIT_BINDINGS;
  return { magicNumber: SEC_CHANNEL_BINDINGS_EX_MAGIC, flags, cbHeaderLength, cbStructureLength };
}
