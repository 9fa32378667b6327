import { expect, it, onTestFinished } from "vitest";
import { handshake, hosted } from "./hosted.ts";
import { close, heldHandles, impersonates, isOpen, processToken } from "./kernel-handles.ts";
import { sessionsWith, testPackage } from "./test-package.ts";

/** A package whose sessions have this token. */
function withToken(token: () => bigint) {
  return testPackage({ openSession: sessionsWith({ token }) });
}

/** Opens the process's token until the test ends. */
function ownToken(): bigint {
  const token = processToken();
  onTestFinished(() => {
    close(token);
  });
  return token;
}

it("SPT-03: accessToken() returns a duplicate kernel handle to close; the package's own handle stays open", () => {
  const own = ownToken();
  const { provider, host } = hosted(withToken(() => own));
  using pair = handshake(provider);
  const token = pair.server.accessToken();
  expect(token.value).not.toBe(own);
  expect(isOpen(token.value)).toBe(true);
  const { value } = token;
  expect(host.diagnostics().open.tokens).toBe(1);
  token.close();
  expect(host.diagnostics().open.tokens).toBe(0);
  expect([isOpen(value), isOpen(own)]).toEqual([false, true]);
});

it("SPX-04: the token of an export is a duplicate that is closed once; the package's own handle stays open", () => {
  const own = ownToken();
  const { provider } = hosted(withToken(() => own));
  using pair = handshake(provider);
  const round = (): void => {
    const { token } = pair.client.export({ withToken: true });
    const value = token?.value ?? own;
    expect([value !== own, isOpen(value)]).toEqual([true, true]);
    token?.close();
    expect([isOpen(value), isOpen(own)]).toEqual([false, true]);
  };
  round();
  const before = heldHandles();
  for (let index = 0; index < 300; index += 1) round();
  expect(heldHandles() - before).toBeLessThan(100);
});

it("SPT-01: the thread impersonates the token's user only while the work runs", () => {
  const own = ownToken();
  const { provider } = hosted(withToken(() => own));
  using pair = handshake(provider);
  expect(impersonates()).toBe(false);
  expect(pair.server.impersonate(impersonates)).toBe(true);
  expect(impersonates()).toBe(false);
  const fail = (): never => {
    expect(impersonates()).toBe(true);
    throw new Error("work");
  };
  expect(() => pair.server.impersonate(fail)).toThrow("work");
  expect(impersonates()).toBe(false);
});

it("SPT-04: an invalid token impersonates nobody, and the work does not run", () => {
  const { provider, host } = hosted(withToken(() => 0x7654_3210n));
  using pair = handshake(provider);
  const work = (): never => expect.unreachable();
  expect(() => pair.server.impersonate(work)).toThrow(/ImpersonateSecurityContext: SEC_E_NO_IMPERSONATION/);
  expect(host.diagnostics().misdeeds).toMatchObject([
    { kind: "exception", text: expect.stringContaining("ImpersonateLoggedOnUser refused") },
  ]);
});

it("the process holds no more handles after 1000 tokens and impersonations", () => {
  const own = ownToken();
  const { provider } = hosted(withToken(() => own));
  using pair = handshake(provider);
  const round = (): void => {
    using _token = pair.server.accessToken();
    pair.server.impersonate(() => {});
  };
  round();
  const before = heldHandles();
  for (let index = 0; index < 1000; index += 1) round();
  expect(heldHandles() - before).toBeLessThan(100);
});
