import { userInfo } from "node:os";
import { describe, expect, it } from "vitest";
import { Credential, capabilities, packages } from "../../src/index.ts";
import { freshTickets } from "../live/kerberos.ts";
import { agreed, logOn, loopbackPackages, wine } from "./loopback.ts";

describe.each(loopbackPackages)("the current user, with %s", (name) => {
  if (wine) freshTickets();

  it("can acquire credentials of the package", () => {
    expect(packages().map((entry) => entry.name)).toContain(name);
    using credential = Credential.acquireSync({ package: name, use: "outbound" });
    if (!wine) expect(credential.query("names").sUserName.toLowerCase()).toContain(userInfo().username.toLowerCase());
  });

  it("logs on, and both sides have the agreed flags", async () => {
    using sides = await logOn(name);
    for (const context of [sides.client, sides.server]) {
      expect(context.complete).toBe(true);
      expect(context.flags).toEqual(expect.arrayContaining([...agreed]));
      expect(context.query("sizes").cbSecurityTrailer).toBeGreaterThan(0);
    }
  });

  it("signs and encrypts messages, and an altered message is refused", async () => {
    using sides = await logOn(name);
    const { client, server } = sides;
    const message = Buffer.from("from me to myself");
    server.verify(message, client.sign(message));
    const data = Buffer.from(message);
    const token = Buffer.alloc(client.query("sizes").cbSecurityTrailer + 32);
    const used = client.encryptInPlace(token, data);
    server.decryptInPlace(token.subarray(0, used), data);
    expect(data).toEqual(message);
    if (!wine) expect(server.decrypt(client.encrypt(message))).toEqual(message);
    expect(() => server.verify(Buffer.from("from nobody to me"), client.sign(message))).toThrow("SEC_E_");
  });

  it("can be named and impersonated by the server on Windows; Wine returns SEC_E_UNSUPPORTED_FUNCTION", async () => {
    using sides = await logOn(name);
    const { attributes, flags, impersonation, accessToken } = capabilities(sides.server);
    expect([attributes.sizes, flags]).toEqual([true, "reported"]);
    const refused = "SEC_E_UNSUPPORTED_FUNCTION";
    expect([attributes.names, impersonation, accessToken]).toEqual(
      wine ? [refused, refused, refused] : [true, true, true],
    );
    if (wine) return;
    expect(sides.server.query("names").sUserName.toLowerCase()).toContain(userInfo().username.toLowerCase());
    expect(sides.server.impersonate(() => userInfo().username)).toBe(userInfo().username);
  });
});
