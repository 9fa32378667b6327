import { describe, expect, it } from "vitest";
import { SEC_E_INTERNAL_ERROR, SEC_E_OK } from "../../generated/status/constants.ts";
import type { ClientContext } from "../../src/index.ts";
import { workspaceInUse } from "../../src/memory/index.ts";
import { complete, scripted } from "../scripted/scripted.ts";
import { recordPackage } from "./records.ts";

const message = Buffer.alloc(64, "m");
const room = (): Buffer => Buffer.alloc(16);
const list = [
  { type: "data", bytes: Buffer.alloc(8) },
  { type: "token", bytes: Buffer.alloc(16) },
] as const;

const calls: Readonly<Record<string, (context: ClientContext) => unknown>> = {
  encrypt: (context) => context.encrypt(message),
  decrypt: (context) => context.decrypt(message),
  encryptInPlace: (context) => context.encryptInPlace(room(), Buffer.from(message)),
  decryptInPlace: (context) => context.decryptInPlace(room(), Buffer.from(message)),
  encryptBuffers: (context) => context.encryptBuffers(list),
  decryptBuffers: (context) => context.decryptBuffers(list),
  sign: (context) => context.sign(message),
  verify: (context) => context.verify(message, room()),
  signBuffers: (context) => context.signBuffers(list),
  verifyBuffers: (context) => context.verifyBuffers(list),
};

const streamCalls: typeof calls = {
  encrypt: (context) => context.encrypt(message),
  decryptStream: (context) => context.decryptStream(message),
  decryptStreamInPlace: (context) => context.decryptStreamInPlace(Buffer.from(message)),
};

/** Makes a call on packages that succeed and that fail; the call's memory has to be in use only meanwhile. */
function leased(call: (context: ClientContext) => unknown, script: object): readonly boolean[] {
  const during: boolean[] = [];
  for (const status of [SEC_E_OK, SEC_E_INTERNAL_ERROR]) {
    const answer = (): number => {
      during.push(workspaceInUse() !== undefined);
      return status;
    };
    using context = complete(scripted({ ...script, encrypt: answer, decrypt: answer, sign: answer, verify: answer }));
    try {
      call(context);
    } catch (error) {
      expect(error).toMatchObject({ code: "SEC_E_INTERNAL_ERROR" });
    }
    during.push(workspaceInUse() !== undefined);
  }
  return during;
}

describe("the memory of a message's call is free for the next call, also after a failure", () => {
  it.each(Object.entries(calls))("%s", (_, call) => {
    expect(leased(call, {})).toEqual([true, false, true, false]);
  });

  it.each(Object.entries(streamCalls))("%s of a stream", (_, call) => {
    const sizes = { header: 13, trailer: 36, maximum: 100 };
    expect(leased(call, recordPackage(sizes))).toEqual([true, false, true, false]);
  });
});
