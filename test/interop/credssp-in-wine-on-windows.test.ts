import { duplexPair } from "node:stream";
import { describe, expect, it } from "vitest";
import { realmName, users } from "../../scripts/lab/accounts.ts";
import { systemProvider } from "../../src/index.ts";
import { ecCertificate, rootPem } from "../fixtures/tls-certificates.ts";
import { needs } from "../lab/needs.ts";
import { freshTickets } from "../live/kerberos.ts";
import { type CredsspDoor, doors, failureOf } from "./credssp-doors.ts";

const target = "TERMSRV/localhost";

/** The reason why each side of a logon by Wine's package failed, where both sides are the library's. */
async function failuresOf(door: CredsspDoor, inner: string, domain: string, password: string = users.alice) {
  const shared = { inner, innerProvider: systemProvider() };
  const [near, far] = duplexPair();
  near.once("close", () => far.destroy());
  const identity = { user: "alice", domain, password };
  const [client, server] = await Promise.all([
    failureOf(door.connect(near, { ...shared, target, identity, delegate: [target], ca: rootPem })),
    failureOf(door.accept(far, { ...shared, certificate: ecCertificate })),
  ]);
  return { client: client.code, server: server.code };
}

describe.each(doors)("a logon by Kerberos of Wine's secur32 inside $label", (door) => {
  freshTickets();

  // Its tokens are longer than it announces, so no message of CredSSP can be sealed in one piece.
  it.each(["Kerberos", "Negotiate"])("delegates nothing (%s): SEC_E_BUFFER_TOO_SMALL", async (inner) => {
    expect(await failuresOf(door, inner, realmName)).toMatchObject({ client: "SEC_E_BUFFER_TOO_SMALL" });
  });

  it("fails with a wrong password: STATUS_UNSUCCESSFUL", async () => {
    expect(await failuresOf(door, "Kerberos", realmName, "wrong")).toMatchObject({ client: "STATUS_UNSUCCESSFUL" });
  });
});

describe.each(doors)("a logon by NTLM of Wine's secur32 inside $label", (door) => {
  needs("winbindd");

  // Its two sides compute different keys.
  it("delegates nothing: SEC_E_MESSAGE_ALTERED", async () => {
    // A client whose proof cannot be decrypted learns that its logon failed.
    const [altered, denied] = ["SEC_E_MESSAGE_ALTERED", "SEC_E_LOGON_DENIED"];
    expect(await failuresOf(door, "NTLM", "")).toEqual({ client: denied, server: altered });
  });

  it("fails with a wrong password: SEC_E_LOGON_DENIED", async () => {
    const denied = "SEC_E_LOGON_DENIED";
    expect(await failuresOf(door, "NTLM", "", "wrong")).toEqual({ client: denied, server: denied });
  });
});
