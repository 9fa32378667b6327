import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Ntlm, tokenOf } from "./ntlm.ts";
import { providers } from "./providers.ts";

const applicationData = Buffer.concat([
  Buffer.from("tls-server-end-point:"),
  createHash("sha256").update("certificate").digest(),
]);

/**
 * What NTLM puts in its last message for channel bindings (MS-NLMP 2.2.2.1, MsvAvChannelBindings): the MD5 of
 * RFC 2743's gss_channel_bindings_struct with neither address.
 */
function avPair(data: Uint8Array): Buffer {
  const head = Buffer.alloc(20);
  head.writeUInt32LE(data.length, 16);
  const id = Buffer.from([0x0a, 0x00, 0x10, 0x00]);
  return Buffer.concat([id, createHash("md5").update(head).update(data).digest()]);
}

/** WinPR 2's client refuses an input without a token in its first leg. */
const sendable = providers.filter((provider) => !provider.version?.startsWith("2."));

describe.runIf(sendable.length > 0).each(sendable.map((provider) => ({ provider, label: provider.label })))(
  "channel bindings on $label",
  ({ provider }) => {
    it("reach the package as it expects them: their hash is in the client's last message", () => {
      using ntlm = new Ntlm(provider, { client: { channelBindings: { applicationData } } });
      const [, , last] = ntlm.handshakeSync();
      expect(tokenOf(last)?.includes(avPair(applicationData))).toBe(true);
      expect(tokenOf(last)?.includes(avPair(Buffer.from("tls-server-end-point:another")))).toBe(false);
    });

    it("are none where none are given", () => {
      using ntlm = new Ntlm(provider);
      const [, , last] = ntlm.handshakeSync();
      expect(tokenOf(last)?.includes(avPair(applicationData))).toBe(false);
    });
  },
);
