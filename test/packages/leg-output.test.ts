import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import {
  SEC_E_INTERNAL_ERROR,
  SEC_E_LOGON_DENIED,
  SEC_E_OK,
  SEC_I_CONTINUE_NEEDED,
} from "../../generated/status/constants.ts";
import { securityBuffers } from "../../src/interface/security-buffers.ts";
import { keptMemory } from "../interface/kept-memory.ts";
import { thrownBy } from "../thrown-by.ts";
import { hosted } from "./hosted.ts";
import { descriptorOf } from "./raw-calls.ts";
import { scriptedHost } from "./scripted/scripted-package.ts";
import { World } from "./steps.ts";
import { testPackage } from "./test-package.ts";

describe("a failing leg with allocateMemory and without a token", () => {
  it("gives the caller no token and leaves nothing allocated", () => {
    const { host } = scriptedHost({ answers: { InitLsaModeContext: SEC_E_LOGON_DENIED } });
    using made = new World({ host, name: "Scripted" });
    const error = thrownBy(() => made.client(true).stepSync());
    expect(error).toMatchObject({ code: "SEC_E_LOGON_DENIED" });
    expect(error.token).toBeUndefined();
    expect(host.diagnostics()).toMatchObject({ held: [], misdeeds: [] });
  });

  it("gives no token either when the package is in TypeScript", () => {
    const throws = (): never => {
      throw new Error("the package is broken");
    };
    const { host } = hosted(testPackage({ initContext: throws, acceptContext: throws }));
    using made = new World({ host, name: "Test" });
    for (const step of [() => made.client(true).stepSync(), () => made.server(true).stepSync(Buffer.from("hello"))])
      expect(thrownBy(step).token).toBeUndefined();
    expect(host.diagnostics().held).toEqual([]);
  });
});

describe("a token that a package allocated itself", () => {
  it("is copied if the caller's buffer is large enough; one byte more makes the leg fail and writes nothing", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 40 }), (room, size) => {
        const { host, provider, scripted } = scriptedHost({
          legs: [{ status: SEC_I_CONTINUE_NEEDED, token: "t".repeat(size), allocates: true }],
        });
        const memory = keptMemory();
        const output = descriptorOf(memory, [SECBUFFER_TOKEN, new Uint8Array(room + 8).fill(1)]);
        const [buffer] = securityBuffers(output);
        buffer?.change({ size: room });
        const credential = memory.allocate(16).address;
        const name = memory.wideString("Scripted").address;
        const expiry = memory.cell().address;
        expect(provider.AcquireCredentialsHandleW(0, name, 2, 0, 0, 0, 0, credential, expiry)).toBe(SEC_E_OK);
        const slot = memory.allocate(16).address;
        const places = [slot, output, memory.cell().address, expiry] as const;
        const status = provider.InitializeSecurityContextW(credential, 0, 0, 0, 0, 0, 0, 0, ...places);
        const now = securityBuffers(output)[0];
        expect(now?.pointer).toBe(buffer?.pointer);
        const beyond = securityBuffers(output)[0]
          ?.as({ size: room + 8 })
          .read()
          .subarray(size <= room ? size : 0);
        expect([...new Set(beyond)]).toEqual([1]);
        if (size <= room) {
          expect([status, now?.size]).toEqual([SEC_I_CONTINUE_NEEDED, size]);
          expect(provider.DeleteSecurityContext(slot)).toBe(SEC_E_OK);
        } else expect([status, now?.size]).toEqual([SEC_E_INTERNAL_ERROR, 0]);
        expect(scripted.open.contexts).toBe(0);
        expect(provider.FreeCredentialsHandle(credential)).toBe(SEC_E_OK);
        expect(host.diagnostics()).toMatchObject({ held: [] });
      }),
      { numRuns: 15 },
    );
  });
});
