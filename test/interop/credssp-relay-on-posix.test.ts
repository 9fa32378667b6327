import { describe, expect, it } from "vitest";
import { elsewhereCertificate } from "../fixtures/tls-certificates.ts";
import { needsOnDemand } from "../lab/needs.ts";
import { refusedLogon, xfreerdp } from "./rdp-clients.ts";
import { RdpRelay } from "./rdp-relay.ts";

const alice = { user: "alice", password: "userpw" };

describe.each([2, 3] as const)("the tests' relay between FreeRDP %i's own client and server", (version) => {
  const freerdp = needsOnDemand(`freerdp${version}`);

  it.each(["rsa", "ec"] as const)("that has the server's own key (%s) sees the sealed password go by", async (kind) => {
    const { port, certificate, key } = freerdp()[kind];
    await using relay = await RdpRelay.listen(port, { cert: certificate, key });
    await xfreerdp({ version, display: freerdp().display }, relay.port, alice);
    expect(relay.clientFields).toContain("authInfo");
  });

  it("that has a key of its own sees no password", async () => {
    await using relay = await RdpRelay.listen(freerdp().rsa.port, elsewhereCertificate);
    const { code } = await xfreerdp({ version, display: freerdp().display }, relay.port, alice);
    expect(code).toBe(refusedLogon);
    expect(relay.clientFields).toContain("pubKeyAuth");
    expect(relay.clientFields).not.toContain("authInfo");
  });
});
