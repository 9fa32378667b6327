import { describe, expect, it } from "vitest";
import { CredsspError } from "../../src/credssp/credssp-error.ts";
import { RequestReader } from "../../src/credssp/request-reader.ts";
import type { PasswordCredentials } from "../../src/credssp/ts-credentials.ts";
import { Credential, live, type SecurityProvider } from "../../src/index.ts";
import { drivenSides } from "./driven-side.ts";
import { alice, credssp, ends, shake } from "./ends.ts";
import { innerPackages } from "./inner-packages.ts";

interface Outcome {
  readonly messages: readonly Buffer[];
  readonly error?: CredsspError;
  readonly claim?: PasswordCredentials;
  readonly peer?: string;
}

function exchange(
  provider: SecurityProvider,
  name: string,
  between: (message: Buffer, number: number) => Buffer,
): Outcome {
  using outbound = Credential.acquireSync({ package: name, use: "outbound", provider, identity: alice });
  using inbound = Credential.acquireSync({ package: name, use: "inbound", provider });
  const sides = drivenSides(outbound, inbound);
  const messages: Buffer[] = [];
  try {
    let turn: { readonly request?: Buffer | undefined; readonly value?: unknown } = sides.client();
    for (let side: "client" | "server" = "server"; ; side = side === "server" ? "client" : "server") {
      const message = turn.request ?? (turn.value as Buffer);
      messages.push(message);
      const reader = new RequestReader();
      reader.push(between(Buffer.from(message), messages.length - 1));
      const one = reader.take();
      if (!one || reader.rest.length > 0) return { messages };
      turn = sides[side](Buffer.from(one));
      if (side === "server" && turn.value)
        return { messages, claim: turn.value as PasswordCredentials, peer: sides.logon.peer.account };
      if (!turn.request && !turn.value) return { messages };
    }
  } catch (error) {
    if (!(error instanceof CredsspError)) throw error;
    return { messages, error };
  } finally {
    sides.close();
  }
}

describe.each(["NTLM", "Kerberos"])("every message of an exchange with %s", (name) => {
  it.each([0x01, 0x80, 0xff])(
    "N10: with any byte changed by %i is refused with a typed error, or means the same",
    { timeout: 120_000 },
    (change) => {
      const provider = innerPackages();
      const sound = exchange(provider, name, (message) => message);
      expect(sound).toMatchObject({ peer: "alice", claim: { user: "alice" } });
      let refusals = 0;
      sound.messages.forEach((message, number) => {
        for (let at = 0; at < message.length; at += 1) {
          const { error, claim, peer } = exchange(provider, name, (bytes, current) => {
            if (current === number && at < bytes.length) bytes[at] = (bytes[at] as number) ^ change;
            return bytes;
          });
          if (error) refusals += 1;
          if (!claim) continue;
          expect([peer, claim.user, Buffer.from(claim.password).toString("utf16le")]).toEqual([
            "alice",
            "alice",
            "userpw",
          ]);
        }
      });
      expect(refusals).toBeGreaterThan(200);
      expect(live()).toMatchObject({ credentials: 0, contexts: 0 });
    },
  );
});

describe.each(["tls1.2", "tls1.3"] as const)(
  "a handshake of the package over %s that fails at any flight",
  (protocol) => {
    it("N14: leaves nothing of OpenSSL or of the logon behind, while its host stays open", { timeout: 60_000 }, () => {
      const host = credssp({ protocols: [protocol] });
      let flights = 0;
      {
        using pair = ends(host);
        shake(pair, (flight) => {
          flights += 1;
          return flight;
        });
      }
      for (let number = 0; number < flights; number += 1) {
        {
          using pair = ends(host);
          const failing = (): void =>
            shake(pair, (flight, _, current) => {
              if (current !== number) return flight;
              const changed = Buffer.from(flight);
              changed[changed.length - 1] = (changed.at(-1) as number) ^ 1;
              return changed;
            });
          expect(failing).toThrow();
        }
        expect(live()).toEqual({ credentials: 0, contexts: 0, certificates: 0, buffers: 0, tokens: 0, tls: 0 });
      }
      expect(host.diagnostics()).toMatchObject({ held: [], misdeeds: [] });
    });
  },
);
