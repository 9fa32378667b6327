import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CredsspError, CredsspStream } from "../../src/credssp.ts";
import type { SecurityProvider } from "../../src/index.ts";
import { credssp, ends, shake, stepped } from "../credssp/ends.ts";
import { clientOptions, established, pipes, rejection, serverOptions } from "../credssp/streams.ts";
import { ecCertificate } from "../fixtures/tls-certificates.ts";
import { thrownBy } from "../thrown-by.ts";
import { winpr, winprLibraries } from "./winpr-libraries.ts";

const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-credssp-"));
const samFile = join(folder, "SAM");
// The password is "userpw".
const hash = "2e24f97bff26b2458887a9b16a3c2c39";
writeFileSync(samFile, `alice:WORK::${hash}:::\nbob:::${hash}:::\n`, { mode: 0o600 });
afterAll(() => rmSync(folder, { recursive: true }));

const alice = { user: "alice", domain: "WORK", password: "userpw" } as const;
const libraries = winprLibraries.map(winpr).filter((provider) => provider !== undefined);

describe.each(libraries.map((provider) => [provider.label, provider] as const))(
  "CredSSP with NTLM of %s inside",
  (_, innerProvider: SecurityProvider) => {
    const inner = "NTLM";
    const server = { certificate: ecCertificate, winpr: { samFile } };

    it.each(["tls1.2", "tls1.3"] as const)("logs on, delegates and names who logged on, over %s", (protocol) => {
      const host = credssp({ inner, innerProvider, server, protocols: [protocol] });
      using pair = ends(host, host, { identity: alice });
      shake(pair);
      expect(pair.server.peer().name).toBe("WORK\\alice");
      expect(pair.server.query("negotiationPackage").PackageInfo?.Name).toBe("NTLM");
      expect(pair.server.decryptStream(pair.client.encrypt(Buffer.from("hello")))).toMatchObject({ status: "data" });
    });

    it("does the same as a stream, off the event loop", async () => {
      const [client, accepted] = await established(
        { inner, innerProvider, identity: alice },
        { inner, innerProvider, winpr: { samFile } },
      );
      expect(accepted.peer.name).toBe("WORK\\alice");
      expect(accepted.delegated?.matches).toBe(true);
      expect(accepted.delegated?.use((_domain, _user, password) => password.toString("utf16le"))).toBe("userpw");
      for (const stream of [client, accepted]) await stream[Symbol.asyncDispose]();
    });

    it("N7 a server takes no claimed domain for delegated credentials of the user, whose account has none", async () => {
      const identity = { user: "bob", domain: "EVIL", password: "userpw" };
      const [client, accepted] = await established(
        { inner, innerProvider, identity },
        { inner, innerProvider, winpr: { samFile } },
      );
      expect(accepted.peer.name).toBe("bob");
      expect(accepted.delegated).toMatchObject({ user: "bob", domain: "EVIL", matches: false });
      for (const stream of [client, accepted]) await stream[Symbol.asyncDispose]();
    });

    it("refuses a wrong password, and tells the client so: SEC_E_LOGON_DENIED", () => {
      const host = credssp({ inner, innerProvider, server });
      using pair = ends(host, host, { identity: { ...alice, password: "wrong" } });
      const refused = thrownBy(() => shake(pair));
      expect(refused.code).toBe("SEC_E_LOGON_DENIED");
      const told = thrownBy(() => stepped(pair.client, refused.token as Buffer));
      expect(told.code).toBe("SEC_E_LOGON_DENIED");
    });

    it("N12: tells a user without an account the same as a user with a wrong password", async () => {
      const told = async (user: string): Promise<unknown> => {
        const [near, far] = pipes();
        const identity = { user, domain: "", password: "wrong" };
        const [client, accepted] = await Promise.all([
          rejection(CredsspStream.connect(near, clientOptions({ inner, innerProvider, identity }))),
          rejection(CredsspStream.accept(far, serverOptions({ inner, innerProvider, winpr: { samFile } }))),
        ]);
        expect(accepted).toBeInstanceOf(CredsspError);
        return (client as CredsspError).errorCode;
      };
      expect([await told("alice"), await told("nobody")]).toEqual([0xc000006d, 0xc000006d]);
    });

    it("N9: does not begin where the certificate is not trusted: SEC_E_POLICY_NLTM_ONLY", () => {
      const host = credssp({ inner, innerProvider, server, ca: ecCertificate.cert });
      using pair = ends(host, host, { identity: alice });
      expect(thrownBy(() => shake(pair)).code).toBe("SEC_E_POLICY_NLTM_ONLY");
    });

    it("completes 200 handshakes one after another, and 20 at once", { timeout: 120_000 }, async () => {
      const host = credssp({ inner, innerProvider, server });
      for (let number = 0; number < 200; number += 1) {
        using pair = ends(host, host, { identity: alice });
        shake(pair);
      }
      const all = Array.from({ length: 20 }, () =>
        established({ inner, innerProvider, identity: alice }, { inner, innerProvider, winpr: { samFile } }),
      );
      for (const [client, accepted] of await Promise.all(all)) {
        expect(accepted.peer.account).toBe("alice");
        for (const stream of [client, accepted]) await stream[Symbol.asyncDispose]();
      }
    });
  },
);
