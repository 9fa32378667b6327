import { describe, expect, it } from "vitest";
import { explain } from "../../src/explain.ts";
import { ClientContext, Credential, gssapiProvider } from "../../src/index.ts";
import { freshTickets } from "./kerberos.ts";

describe("explain() of a token that MIT's Kerberos has made", () => {
  freshTickets();

  it.each([
    ["Kerberos", (found: ReturnType<typeof explain>) => found],
    ["Negotiate", (found: ReturnType<typeof explain>) => found.inside[0]],
  ] as const)("%s: names the service, and no guard would refuse it", (package_, inner) => {
    using credential = Credential.acquireSync({ package: package_, use: "outbound", provider: gssapiProvider() });
    using client = new ClientContext(credential, { target: "HTTP/localhost", request: ["mutualAuth"] });
    const { token } = client.stepSync();
    const found = explain(token as Buffer);
    expect(found.refusals).toEqual([]);
    expect(inner(found)).toMatchObject({
      mechanism: "Kerberos",
      message: "AP-REQ",
      facts: {
        target: "HTTP/localhost@EXAMPLE.TEST",
        ticket: expect.stringMatching(/^AES\w+, key version \d+, \d+ bytes$/),
        mutual: true,
      },
    });
  });
});
