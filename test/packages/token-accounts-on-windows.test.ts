import { userInfo } from "node:os";
import { expect, it } from "vitest";
import { type AccessToken, AccessTokenError, live } from "../../src/index.ts";
import { handshake, hosted } from "./hosted.ts";
import { close, processToken, sidOfAccount } from "./kernel-handles.ts";
import { sessionsWith, testPackage } from "./test-package.ts";

/** Runs `work` with the client's token as a hosted package returns it. */
async function withClientToken(handle: bigint, work: (token: AccessToken) => Promise<void>): Promise<void> {
  const { provider } = hosted(testPackage({ openSession: sessionsWith({ token: () => handle }) }));
  using pair = handshake(provider);
  using token = pair.server.accessToken();
  await work(token);
}

async function withProcessToken(work: (token: AccessToken) => Promise<void>): Promise<void> {
  const own = processToken();
  try {
    await withClientToken(own, work);
  } finally {
    close(own);
  }
}

it("AccessToken.user(): returns the security identifier and qualified name of the process token's user", async () => {
  await withProcessToken(async (token) => {
    const user = await token.user();
    const [account, domain] = user.name?.split("\\").reverse() ?? [];
    expect(account?.toLowerCase()).toBe(userInfo().username.toLowerCase());
    expect(domain).toMatch(/./);
    expect(user.sid).toBe(sidOfAccount(userInfo().username));
  });
  expect(live().tokens).toBe(0);
});

it("AccessToken.groups(): the process token's groups include Everyone, enabled and with its name", async () => {
  await withProcessToken(async (token) => {
    const groups = await token.groups();
    const everyone = groups.find(({ sid }) => sid === "S-1-1-0");
    expect(everyone?.attributes).toEqual(expect.arrayContaining(["enabled"]));
    expect(everyone?.name).toMatch(/./);
    expect(sidOfAccount(everyone?.name?.split("\\").at(-1) ?? "")).toBe("S-1-1-0");
    expect(new Set(groups.map(({ sid }) => sid)).size).toBe(groups.length);
  });
});

it("AccessToken.isMember(): is true for a group of the process token and false for another one", async () => {
  await withProcessToken(async (token) => {
    expect(token.isMember("S-1-1-0")).toBe(true);
    expect(token.isMember("S-1-5-21-1-2-3-4")).toBe(false);
    expect(() => token.isMember("Everyone")).toThrow(/^sid: expected a security identifier/);
  });
});

it("AccessToken: an invalid handle makes user(), groups() and isMember() throw AccessTokenError", async () => {
  await withClientToken(0x7654_3210n, async (token) => {
    await expect(token.user()).rejects.toThrow(AccessTokenError);
    await expect(token.groups()).rejects.toMatchObject({ operation: "GetTokenInformation", status: 6 });
    expect(() => token.isMember("S-1-1-0")).toThrow(AccessTokenError);
  });
});
