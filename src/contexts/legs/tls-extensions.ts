import { SCH_MAX_EXT_SUBSCRIPTIONS } from "../../../generated/schannel/constants.ts";
import { SEND_GENERIC_TLS_EXTENSION, SUBSCRIBE_GENERIC_TLS_EXTENSION } from "../../../generated/schannel/structs.ts";
import { hostAbi } from "../../ctypes/index.ts";
import { checkArray, checkUint, type OptionNames, readOptions } from "../../values/index.ts";
import { type ContentKinds, sizedBytes, writeContent } from "./buffer-content.ts";

/** A TLS extension and the handshake message that carries it, by their TLS numbers. */
export interface TlsExtension {
  readonly extension: number;
  readonly handshake: number;
}

export interface TlsExtensionContents {
  /** `SECBUFFER_SEND_GENERIC_TLS_EXTENSION`: an extension for Schannel to send, at most 65535 bytes. */
  sendGenericTlsExtension: TlsExtension & { readonly bytes: Uint8Array };
  /**
   * `SECBUFFER_SUBSCRIBE_GENERIC_TLS_EXTENSION`: extensions of the peer that the package should return, at most two.
   */
  subscribeGenericTlsExtension: { readonly extensions: readonly TlsExtension[] };
}

export const tlsExtensionKinds: ContentKinds<TlsExtensionContents> = {
  sendGenericTlsExtension: {
    names: { extension: true, handshake: true, bytes: true },
    write(arena, content, argument) {
      const bytes = sizedBytes(content.bytes, `${argument}.bytes`, 0xffff);
      const fields = { ...numbersOf(content, argument), Flags: 0, BufferSize: bytes.length };
      return writeContent(arena, SEND_GENERIC_TLS_EXTENSION, fields, "Buffer", bytes);
    },
  },
  subscribeGenericTlsExtension: {
    names: { extensions: true },
    write(arena, { extensions }, argument) {
      const name = `${argument}.extensions`;
      const given = checkArray<TlsExtension>(extensions, name);
      if (given.length === 0 || given.length > SCH_MAX_EXT_SUBSCRIPTIONS)
        throw new RangeError(`${name}: expected 1 to ${SCH_MAX_EXT_SUBSCRIPTIONS} of them, got ${given.length}`);
      const Subscriptions = given.map((one, index) => subscriptionOf(one, `${name}[${index}]`));
      const { size, offsets } = SUBSCRIBE_GENERIC_TLS_EXTENSION.layouts[hostAbi];
      const room = arena.allocate(offsets.Subscriptions + (size - offsets.Subscriptions) * given.length);
      const fields = { Flags: 0, SubscriptionsCount: given.length, Subscriptions };
      SUBSCRIBE_GENERIC_TLS_EXTENSION.write(room.arena.view, fields, room.offset);
      return room;
    },
  },
};

const extensionNames: OptionNames<TlsExtension> = { extension: true, handshake: true };

function subscriptionOf(value: TlsExtension, argument: string): ReturnType<typeof numbersOf> {
  return numbersOf(readOptions<TlsExtension>(value, argument, extensionNames), argument);
}

function numbersOf(value: TlsExtension, argument: string): { ExtensionType: number; HandshakeType: number } {
  return {
    ExtensionType: checkUint(value.extension, `${argument}.extension`, 0xffff),
    HandshakeType: checkUint(value.handshake, `${argument}.handshake`, 0xffff),
  };
}
