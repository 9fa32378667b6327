import { describe, expect, it } from "vitest";
import { ticketCache } from "../../src/command/ticket-cache.ts";
import { ticketCopy } from "./kerberos.ts";

describe("the Kerberos ticket cache, through the raw door", () => {
  ticketCopy();

  const hasLsa = process.platform === "win32";

  it(hasLsa ? "has alice's ticket for her realm" : "is not to be had where there is no LSA", () => {
    if (!hasLsa) {
      expect(ticketCache).toThrow("LsaConnectUntrusted: SEC_E_UNSUPPORTED_FUNCTION");
      return;
    }
    const tickets = ticketCache();
    expect(tickets.map(({ server }) => server)).toContain("krbtgt/EXAMPLE.TEST@EXAMPLE.TEST");
    expect(tickets[0]?.flags).toContain("initial");
  });
});
