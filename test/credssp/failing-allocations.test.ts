import { describe, expect, it } from "vitest";
import { live } from "../../src/index.ts";
import { credssp, ends, shake } from "./ends.ts";

const most = 8;
const zero = { credentials: 0, contexts: 0, certificates: 0, buffers: 0, tokens: 0, tls: 0 };

describe.each(["NTLM", "Kerberos"])("a handshake of the package with %s inside, and the queries after it", (inner) => {
  it("N14: leaves nothing behind, whichever allocation fails: SEC_E_INSUFFICIENT_MEMORY", { timeout: 60_000 }, () => {
    const host = credssp({ inner });
    let failures = 0;
    for (let count = 0; count < most; count += 1) {
      host.failAllocation(count);
      try {
        using pair = ends(host);
        shake(pair);
        pair.server.query("clientCredentials").AuthBuffer.fill(0);
      } catch (error) {
        failures += 1;
        expect(error).toMatchObject({ code: "SEC_E_INSUFFICIENT_MEMORY" });
      }
      expect(live()).toEqual(zero);
    }
    expect(failures).toBeGreaterThan(1);
    expect(failures).toBeLessThan(most);
    expect(host.diagnostics()).toMatchObject({ held: [], misdeeds: [] });
  });
});
