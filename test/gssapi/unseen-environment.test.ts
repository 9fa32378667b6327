import { beforeEach, describe, expect, it, vi } from "vitest";
import type { GssapiLibrary } from "../../src/gssapi/gssapi-library.ts";
import { checkEnvironment } from "../../src/gssapi/unseen-environment.ts";

/** In a process with privileges of its own, a library that uses a secure lookup finds no variable. */
const blind = { find: () => Object.assign(() => 0n, {}) } as unknown as Pick<GssapiLibrary, "find">;
const [outbound, inbound] = [["outbound"], ["inbound"]] as const;
const none = { store: {}, password: false } as const;

describe("a library that sees nothing of the environment", () => {
  beforeEach(() => {
    for (const name of ["KRB5_CONFIG", "KRB5CCNAME", "KRB5_CLIENT_KTNAME", "KRB5_KTNAME"]) vi.stubEnv(name, undefined);
    return () => vi.unstubAllEnvs();
  });

  it("B43 is no obstacle where the environment says nothing", () => {
    checkEnvironment(blind, { roles: ["outbound", "inbound"], ...none });
  });

  it.each([
    ["KRB5CCNAME", outbound, "say kerberos.ccache"],
    ["KRB5_CLIENT_KTNAME", outbound, "say kerberos.clientKeytab"],
    ["KRB5_KTNAME", inbound, "say kerberos.keytab"],
    ["KRB5_CONFIG", inbound, "start the worker with env: SHARE_ENV"],
  ] as const)("B43 is an error where the environment names something for the role: %s", (name, roles, advice) => {
    vi.stubEnv(name, "/nowhere");
    expect(() => checkEnvironment(blind, { roles, ...none })).toThrow(
      new RegExp(`^${name} of process.env .*${advice}$`),
    );
  });

  it.each([
    ["KRB5CCNAME", { roles: outbound, store: { ccache: "FILE:/a" } }],
    ["KRB5_KTNAME", { roles: inbound, store: { keytab: "FILE:/a" } }],
    ["KRB5CCNAME", { roles: outbound, password: true }],
    ["KRB5CCNAME", { roles: inbound }],
  ] as const)("B43 is no obstacle where %s does not concern the logon: %o", (name, wanted) => {
    vi.stubEnv(name, "/nowhere");
    checkEnvironment(blind, { ...none, ...wanted });
  });
});
