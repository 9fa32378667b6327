import { expect, it } from "vitest";
import { AccessTokenError, live } from "../../src/index.ts";
import { handshake, hosted } from "./hosted.ts";
import { sessionsWith, testPackage } from "./test-package.ts";

it("AccessToken: user(), groups() and isMember() throw AccessTokenError on a system without access tokens", async () => {
  const { provider } = hosted(testPackage({ openSession: sessionsWith({ token: () => 77n }) }));
  {
    using pair = handshake(provider);
    using token = pair.server.accessToken();
    const said = { name: "AccessTokenError", status: 0, message: expect.stringContaining("has no access tokens") };
    await expect(token.user()).rejects.toMatchObject(said);
    await expect(token.groups()).rejects.toMatchObject(said);
    expect(() => token.isMember("S-1-1-0")).toThrow(AccessTokenError);
    token.close();
    await expect(token.groups()).rejects.toMatchObject({ name: "DisposedError" });
  }
  expect(live().tokens).toBe(0);
});
