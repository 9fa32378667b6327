import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ClientContext, Credential, type SecurityProvider, ServerContext } from "../../src/index.ts";
import { needsForNtlm } from "../lab/needs.ts";
import { Ntlm, tokenOf } from "./ntlm.ts";
import { alice, ntlmFacts, providers } from "./providers.ts";

const applicationData = Buffer.concat([
  Buffer.from("tls-server-end-point:"),
  createHash("sha256").update("certificate").digest(),
]);

/**
 * The value that NTLM puts in its last message for channel bindings (MS-NLMP 2.2.2.1, MsvAvChannelBindings): the MD5 of
 * RFC 2743's gss_channel_bindings_struct with neither address.
 */
function avPair(data: Uint8Array): Buffer {
  const head = Buffer.alloc(20);
  head.writeUInt32LE(data.length, 16);
  const id = Buffer.from([0x0a, 0x00, 0x10, 0x00]);
  return Buffer.concat([id, createHash("md5").update(head).update(data).digest()]);
}

/** Only WinPR 3 has a client that takes them: the clients of WinPR 2 and Wine refuse an input with bindings. */
function takesBindings({ kind, version }: SecurityProvider): boolean {
  return kind === "winpr" && !version?.startsWith("2.");
}

describe.each(providers.map((provider) => ({ provider, label: provider.label })))(
  "channel bindings on $label",
  ({ provider }) => {
    needsForNtlm(provider);
    const bound = { client: { channelBindings: { applicationData, acceptUnenforced: true } } };

    it("reach the package as it expects them, or are refused", () => {
      using ntlm = new Ntlm(provider, bound);
      if (!takesBindings(provider)) {
        expect(() => ntlm.handshakeSync()).toThrow(
          expect.objectContaining({ name: "SspiError", operation: "InitializeSecurityContextW" }),
        );
        return;
      }
      const [, , last] = ntlm.handshakeSync();
      expect(tokenOf(last)?.includes(avPair(applicationData))).toBe(true);
      expect(tokenOf(last)?.includes(avPair(Buffer.from("tls-server-end-point:another")))).toBe(false);
    });

    it("B1 bindings are refused where NTLM would drop them or accept others", () => {
      const { sendsBindings, enforcesBindings } = provider.traits;
      using outbound = Credential.acquireSync({ package: "NTLM", use: "outbound", identity: alice, provider });
      using inbound = Credential.acquireSync({
        package: "NTLM",
        use: "inbound",
        provider,
        ...ntlmFacts(provider).server,
      });
      const options = { channelBindings: { applicationData } };
      for (const [packages, make] of [
        [sendsBindings, () => new ClientContext(outbound, options).close()],
        [enforcesBindings, () => new ServerContext(inbound, options).close()],
      ] as const)
        if (packages === "all" || packages.includes("NTLM")) make();
        else expect(make).toThrow(/^channelBindings: NTLM of .*; accept that with acceptUnenforced$/);
    });

    it("are not sent where none are given", () => {
      using ntlm = new Ntlm(provider);
      const [, , last] = ntlm.handshakeSync();
      expect(tokenOf(last)?.includes(avPair(applicationData))).toBe(false);
    });
  },
);
