import { describe, expect, it } from "vitest";
import { logsOn } from "../../examples/rdp-logon.ts";
import { callWinrm } from "../../examples/winrm.ts";
import { credsspHost } from "../../src/credssp.ts";
import { Credential } from "../../src/index.ts";
import { rootPem, rsaCertificate } from "../fixtures/tls-certificates.ts";
import { needsOnDemand } from "../lab/needs.ts";
import { freshTickets } from "../live/kerberos.ts";
import { logons } from "./credssp-logons.ts";
import { WinrmServer } from "./winrm-server.ts";

const [ntlm] = logons.filter(({ kerberos }) => !kerberos);

describe.each([2, 3] as const)("examples/rdp-logon.ts and FreeRDP %i's server", (version) => {
  const freerdp = needsOnDemand(`freerdp${version}`);

  it("says that alice's password is right", async () => {
    const { port, certificate: ca } = freerdp().rsa;
    const { inner = "", innerProvider, alice } = ntlm ?? {};
    const options = { host: "localhost", port, ca, inner, ...(innerProvider && { innerProvider }) };
    expect(await logsOn({ ...options, identity: { user: "alice", password: "", ...alice } })).toBe(true);
  });
});

/** WinPR's Kerberos does not name the client, so its server greets nobody. */
const naming = logons.filter(({ kerberos, innerProvider }) => !kerberos || innerProvider.kind !== "winpr");

describe.each(naming)("examples/winrm.ts and our server of WinRM, with $label", (logon) => {
  if (logon.kerberos) freshTickets();
  const { inner, innerProvider, alice } = logon;
  const options = { inner, innerProvider, ca: rootPem, identity: { domain: "", ...alice }, envelope: "<who/>" };

  it("greet alice by her name, in tokens that take turns and are never empty", async () => {
    const server = { certificate: rsaCertificate, ...logon.server };
    using host = credsspHost({ inner, innerProvider, server, protocols: ["tls1.2"] });
    using credential = Credential.acquireSync({ package: "CREDSSP", use: "inbound", provider: host.provider });
    await using winrm = await WinrmServer.listen(credential);
    expect(await callWinrm({ ...options, url: winrm.url })).toMatch(/^<hello>alice(@EXAMPLE\.TEST)?<\/hello>$/);
    expect(winrm.calls).toMatchObject([{ envelope: "<who/>" }]);
    expect(winrm.refusals).toEqual([]);
    // The client sends the first and the last message.
    expect(winrm.tokens.length % 2).toBe(1);
    expect(winrm.tokens.every(({ length }) => length > 0)).toBe(true);
  });

  it("do not let her in with a wrong password", async () => {
    const server = { certificate: rsaCertificate, ...logon.server };
    using host = credsspHost({ inner, innerProvider, server, protocols: ["tls1.2"] });
    using credential = Credential.acquireSync({ package: "CREDSSP", use: "inbound", provider: host.provider });
    await using winrm = await WinrmServer.listen(credential);
    const identity = { ...options.identity, password: "wrong" };
    await expect(callWinrm({ ...options, identity, url: winrm.url })).rejects.toMatchObject({ name: "SspiError" });
    expect(winrm.calls).toEqual([]);
  });
});
