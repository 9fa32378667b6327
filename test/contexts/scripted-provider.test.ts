import { describe, expect, it } from "vitest";
import { SecHandle } from "../../generated/sspi/structs.ts";
import { SEC_E_INVALID_HANDLE, SEC_I_CONTINUE_NEEDED } from "../../generated/status/constants.ts";
import { HandleSlot } from "../../src/memory/index.ts";
import { writeNativeStruct } from "../scripted/scripted-heap.ts";
import { ScriptedSspi } from "../scripted/scripted-provider.ts";

/** A credential and a context, issued as the package issues them. */
function issued(sspi: ScriptedSspi): { credential: number; context: number } {
  const [credential, context] = [HandleSlot.lease().address, HandleSlot.lease().address];
  sspi.handles.write(credential, sspi.handles.issue("credential"));
  sspi.handles.write(context, sspi.handles.issue("context", 1));
  return { credential, context };
}

describe("the scripted package notices", () => {
  it("nothing where everything is released once, in order", () => {
    const sspi = new ScriptedSspi();
    const { credential, context } = issued(sspi);
    sspi.provider.DeleteSecurityContext(context);
    sspi.provider.FreeCredentialsHandle(credential);
    sspi.provider.FreeContextBuffer(sspi.heap.allocate(Buffer.from("token")));
    sspi.provider.CloseHandle(sspi.handles.issue("token"));
    expect(sspi.problems()).toEqual([]);
  });

  it("what is never released", () => {
    const sspi = new ScriptedSspi();
    issued(sspi);
    sspi.handles.issue("token");
    sspi.heap.allocate(Buffer.from("token"));
    expect(sspi.problems()).toEqual([
      "credential 1 was never released",
      "context 2 was never released",
      "token 3 was never released",
      expect.stringMatching(/^5 bytes at 0x[0-9a-f]+ were never freed$/),
    ]);
  });

  it("what is released twice, or by a function that is not its own", () => {
    const sspi = new ScriptedSspi();
    const { credential, context } = issued(sspi);
    const memory = sspi.heap.allocate(Buffer.from("token"));
    expect(sspi.provider.FreeCredentialsHandle(context)).toBe(SEC_E_INVALID_HANDLE);
    for (let count = 0; count < 2; count += 1) {
      sspi.provider.DeleteSecurityContext(context);
      sspi.provider.FreeContextBuffer(memory);
    }
    sspi.provider.FreeCredentialsHandle(credential);
    expect(sspi.problems()).toEqual([
      "FreeCredentialsHandle was given no credential: 2",
      "DeleteSecurityContext was given context 2, which has been released",
      expect.stringMatching(/^FreeContextBuffer was given 0x[0-9a-f]+ a second time$/),
    ]);
  });

  it("a credential that is freed before its context", () => {
    const sspi = new ScriptedSspi();
    const { credential, context } = issued(sspi);
    sspi.provider.FreeCredentialsHandle(credential);
    sspi.provider.DeleteSecurityContext(context);
    expect(sspi.problems()).toEqual(["FreeCredentialsHandle took credential 1 before its context 2"]);
  });

  it("handles and memory that are not its own, and NULL", () => {
    const sspi = new ScriptedSspi({ legs: [{ status: SEC_I_CONTINUE_NEEDED }] });
    const foreign = HandleSlot.lease().address;
    writeNativeStruct(SecHandle, foreign, { dwLower: 1n, dwUpper: 0n });
    sspi.provider.DeleteSecurityContext(foreign);
    sspi.provider.DeleteSecurityContext(0);
    sspi.provider.FreeContextBuffer(0);
    expect(sspi.problems()).toEqual([
      "DeleteSecurityContext was given no context: 1",
      "DeleteSecurityContext was given NULL for a context",
      "FreeContextBuffer was given 0x0 that this package did not allocate",
    ]);
  });
});
