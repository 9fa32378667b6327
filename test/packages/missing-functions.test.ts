import { describe, expect, it } from "vitest";
import {
  SpAcquireCredentialsHandleFn,
  SpApplyControlTokenFn,
  SpCompleteAuthTokenFn,
  SpDeleteContextFn,
  SpImportSecurityContextFn,
  SpInitLsaModeContextFn,
  SpInitUserModeContextFn,
  SpQueryContextAttributesFn,
  SpSetContextAttributesFn,
} from "../../generated/ntsecpkg/callbacks.ts";
import { SECPKG_INTERFACE_VERSION_2 } from "../../generated/ntsecpkg/constants.ts";
import {
  SECBUFFER_DATA,
  SECBUFFER_STREAM,
  SECBUFFER_TOKEN,
  SECPKG_ATTR_NAMES,
} from "../../generated/sspi/constants.ts";
import { SecPkgInfoW } from "../../generated/sspi/structs.ts";
import {
  SEC_E_INVALID_HANDLE,
  SEC_E_OK,
  SEC_E_SECPKG_NOT_FOUND,
  SEC_E_UNSUPPORTED_FUNCTION,
} from "../../generated/status/constants.ts";
import { type Implementations, implement } from "../../src/interface/native-table.ts";
import { securityBuffers } from "../../src/interface/security-buffers.ts";
import { readStruct, writePointer, writeUint8 } from "../../src/native/index.ts";
import type { ModuleOptions } from "../../src/packages.ts";
import { keptMemory } from "../interface/kept-memory.ts";
import { getInfo, hostOf, nativeModule } from "./native-package.ts";
import { descriptorOf } from "./raw-calls.ts";

const [credentialHandle, contextHandle] = [0x50n, 0x60n];

/** What the package got in its legs: credential, context and the address of the input. */
type SeenLeg = readonly [credential: bigint, context: bigint, input: bigint];

/** A credential and a context of a package with only these functions in addition to the least. */
function least(lsa: Implementations = {}, user?: Implementations, options: ModuleOptions = {}) {
  const legs: SeenLeg[] = [];
  const expiries: boolean[] = [];
  const members = {
    GetInfo: getInfo("Least"),
    AcquireCredentialsHandle: implement(
      SpAcquireCredentialsHandleFn,
      (_who, _use, _id, _data, _key, _argument, at, until) => {
        writePointer(at, credentialHandle);
        expiries.push(BigInt(until) !== 0n);
        return 0;
      },
    ),
    InitLsaModeContext: implement(
      SpInitLsaModeContextFn,
      (credential, context, _target, _flags, _drep, input, slot, output, attributes, expiry, mapped) => {
        legs.push([BigInt(credential), BigInt(context), BigInt(input)]);
        expect([attributes, expiry].map((place) => BigInt(place) !== 0n)).toEqual([true, true]);
        securityBuffers(output)[0]?.change({ size: 0 });
        // On later legs a package may leave the handle unset.
        if (BigInt(context) === 0n) writePointer(slot, contextHandle);
        writeUint8(mapped, 1);
        return 0;
      },
    ),
    ...lsa,
  };
  const host = hostOf(
    nativeModule({ members: [members], version: SECPKG_INTERFACE_VERSION_2 }, user && { members: [user] }),
    options,
  );
  const { provider } = host;
  const memory = keptMemory();
  const name = memory.wideString("least").address;
  const [credential, context] = [memory.allocate(16).address, memory.allocate(16).address];
  const acquire = (): number => provider.AcquireCredentialsHandleW(0, name, 2, 0, 0, 0, 0, credential, 0);
  const leg = (withCredential = true, existing = 0, input = 0): number => {
    const output = descriptorOf(memory, [SECBUFFER_TOKEN, new Uint8Array(8)]);
    return provider.InitializeSecurityContextW(
      withCredential ? credential : 0,
      existing,
      0,
      0,
      0,
      0,
      input,
      0,
      context,
      output,
      0,
      0,
    );
  };
  return { host, provider, memory, credential, context, acquire, leg, legs, expiries, name };
}

/** The same, with both handles open. */
function open(lsa?: Implementations, user?: Implementations, options?: ModuleOptions) {
  const all = least(lsa, user, options);
  expect(all.acquire()).toBe(SEC_E_OK);
  expect(all.leg()).toBe(SEC_E_OK);
  return all;
}

describe("a package that lacks a function", () => {
  it("of a context is answered for with SEC_E_UNSUPPORTED_FUNCTION, with and without a user mode", () => {
    for (const user of [undefined, {}]) {
      const { provider, memory, context, name } = open({}, user);
      const place = memory.allocate(64).address;
      const message = descriptorOf(memory, [SECBUFFER_DATA, Buffer.from("x")]);
      const token = memory.cell();
      token.pointer = 0x1234n;
      const answers = {
        CompleteAuthToken: provider.CompleteAuthToken(context, message),
        ApplyControlToken: provider.ApplyControlToken(context, message),
        QueryContextAttributesW: provider.QueryContextAttributesW(context, SECPKG_ATTR_NAMES, place),
        SetContextAttributesW: provider.SetContextAttributesW(context, SECPKG_ATTR_NAMES, place, 4),
        ExportSecurityContext: provider.ExportSecurityContext(context, 0, place, token.address),
        ImportSecurityContextW: provider.ImportSecurityContextW(name, message, 0, place),
        MakeSignature: provider.MakeSignature(context, 0, message, 0),
        VerifySignature: provider.VerifySignature(context, message, 0, 0),
        EncryptMessage: provider.EncryptMessage(context, 0, message, 0),
        DecryptMessage: provider.DecryptMessage(context, message, 0, 0),
        QuerySecurityContextToken: provider.QuerySecurityContextToken(context, token.address),
        ImpersonateSecurityContext: provider.ImpersonateSecurityContext(context),
      };
      for (const [called, status] of Object.entries(answers))
        expect([called, status]).toEqual([called, SEC_E_UNSUPPORTED_FUNCTION]);
      expect(token.pointer).toBe(0x1234n);
      expect(provider.DeleteSecurityContext(context)).toBe(SEC_E_OK);
      expect(provider.DeleteSecurityContext(context)).toBe(SEC_E_INVALID_HANDLE);
    }
  });

  it("of a credential is answered for with SEC_E_UNSUPPORTED_FUNCTION, and the credential can be freed", () => {
    const { provider, memory, credential } = open();
    const place = memory.allocate(64).address;
    expect([
      provider.QueryCredentialsAttributesW(credential, 1, place),
      provider.SetCredentialsAttributesW(credential, 1, place, 4),
      provider.AddCredentialsW(credential, 0, 0, 2, 0, 0, 0, 0),
    ]).toEqual(Array.from({ length: 3 }, () => SEC_E_UNSUPPORTED_FUNCTION));
    expect(provider.FreeCredentialsHandle(credential)).toBe(SEC_E_OK);
    expect(provider.FreeCredentialsHandle(credential)).toBe(SEC_E_INVALID_HANDLE);
  });

  it("to acquire credentials, or for the leg of one side, makes that call SEC_E_UNSUPPORTED_FUNCTION", () => {
    expect(least({ AcquireCredentialsHandle: undefined }).acquire()).toBe(SEC_E_UNSUPPORTED_FUNCTION);
    const client = least({ InitLsaModeContext: undefined });
    client.acquire();
    expect(client.leg()).toBe(SEC_E_UNSUPPORTED_FUNCTION);
    const { provider, credential, memory, context } = client;
    const output = descriptorOf(memory, [SECBUFFER_TOKEN, new Uint8Array(8)]);
    expect(provider.AcceptSecurityContext(credential, 0, 0, 0, 0, context, output, 0, 0)).toBe(
      SEC_E_UNSUPPORTED_FUNCTION,
    );
  });
});

describe("a handle or name that no package has", () => {
  it("is refused by every function that takes it", () => {
    const { provider, memory, credential } = open();
    const wrong = memory.bytes(new Uint8Array(16).fill(9)).address;
    const place = memory.allocate(64).address;
    const nobody = memory.wideString("Nobody").address;
    const token = memory.cell().address;
    for (const name of [0, nobody]) {
      expect(provider.AcquireCredentialsHandleW(0, name, 2, 0, 0, 0, 0, place, 0)).toBe(SEC_E_SECPKG_NOT_FOUND);
      expect(provider.ImportSecurityContextW(name, place, 0, place)).toBe(SEC_E_SECPKG_NOT_FOUND);
      expect(provider.QuerySecurityPackageInfoW(name, place)).toBe(SEC_E_SECPKG_NOT_FOUND);
    }
    for (const status of [
      provider.CompleteAuthToken(wrong, 0),
      provider.QueryContextAttributesW(wrong, 1, place),
      provider.ExportSecurityContext(wrong, 0, place, 0),
      provider.EncryptMessage(wrong, 0, 0, 0),
      provider.QuerySecurityContextToken(wrong, token),
      provider.QueryCredentialsAttributesW(wrong, 1, place),
      provider.InitializeSecurityContextW(wrong, 0, 0, 0, 0, 0, 0, 0, place, 0, 0, 0),
      provider.InitializeSecurityContextW(credential, wrong, 0, 0, 0, 0, 0, 0, place, 0, 0, 0),
      provider.InitializeSecurityContextW(0, 0, 0, 0, 0, 0, 0, 0, place, 0, 0, 0),
    ])
      expect(status).toBe(SEC_E_INVALID_HANDLE);
  });
});

describe("the arguments of a package's functions", () => {
  it("are never NULL where LSA passes memory, even if the caller passes NULL", () => {
    const { legs, expiries } = open();
    expect(expiries).toEqual([true]);
    expect(legs).toEqual([[credentialHandle, 0n, expect.any(BigInt)]]);
    expect(legs[0]?.[2]).not.toBe(0n);
  });

  it("have NULL for a missing input only if the options say so", () => {
    const { legs } = open({}, undefined, { nullInput: true });
    expect(legs[0]?.[2]).toBe(0n);
    const { leg, legs: given, memory } = open({}, undefined, { nullInput: true });
    const input = descriptorOf(memory, [SECBUFFER_TOKEN, Buffer.from("x")]);
    leg(true, 0, input);
    expect(given[1]?.[2]).toBe(BigInt(input));
  });

  it("keep the context's handle on a later leg, which needs no credential", () => {
    const { leg, legs, context, host } = open();
    expect(leg(false, context)).toBe(SEC_E_OK);
    expect(leg(true, context)).toBe(SEC_E_OK);
    expect(legs.slice(1).map(([credential, existing]) => [credential, existing])).toEqual([
      [0n, contextHandle],
      [credentialHandle, contextHandle],
    ]);
    expect(host.diagnostics().open.contexts).toBe(1);
  });

  it("are the name in any case, and the package's own information comes back for it", () => {
    const { provider, memory, name } = least();
    const place = memory.cell();
    expect(provider.QuerySecurityPackageInfoW(name, place.address)).toBe(SEC_E_OK);
    expect(readStruct(SecPkgInfoW, place.pointer)).toMatchObject({ cbMaxToken: 64, wRPCID: 7, wVersion: 1 });
    expect(provider.FreeContextBuffer(place.pointer)).toBe(SEC_E_OK);
  });
});

describe("a user mode", () => {
  it("without InitUserModeContext works on the context of LSA mode; without data of a context it has none", () => {
    const completed: bigint[] = [];
    const CompleteAuthToken = implement(SpCompleteAuthTokenFn, (handle) => {
      completed.push(BigInt(handle));
      return 0x104;
    });
    const query = implement(SpQueryContextAttributesFn, () => 0x105);
    const shared = open({}, { CompleteAuthToken, QueryContextAttributes: query });
    expect(shared.provider.CompleteAuthToken(shared.context, 0)).toBe(0x104);
    expect(completed).toEqual([contextHandle]);
    expect(shared.provider.QueryContextAttributesW(shared.context, 1, 0)).toBe(0x105);
    const mapped: bigint[] = [];
    const InitUserModeContext = implement(SpInitUserModeContextFn, (handle) => {
      mapped.push(BigInt(handle));
      return 0;
    });
    const own = open({}, { InitUserModeContext, QueryContextAttributes: query });
    expect(mapped).toEqual([contextHandle]);
    expect(own.provider.QueryContextAttributesW(own.context, 1, 0)).toBe(0x105);
  });

  it("is asked before LSA mode, which answers what user mode does not support", () => {
    const lsaQuery = (status: number) => implement(SpQueryContextAttributesFn, () => status);
    const asked = (user: number | undefined, lsa: number | undefined): number => {
      const { provider, context } = open(
        lsa === undefined ? {} : { QueryContextAttributes: lsaQuery(lsa) },
        user === undefined ? undefined : { QueryContextAttributes: lsaQuery(user) },
      );
      return provider.QueryContextAttributesW(context, 1, 0);
    };
    expect(asked(0x105, 0x106)).toBe(0x105);
    expect(asked(SEC_E_UNSUPPORTED_FUNCTION, 0x106)).toBe(0x106);
    expect(asked(SEC_E_UNSUPPORTED_FUNCTION, undefined)).toBe(SEC_E_UNSUPPORTED_FUNCTION);
    expect(asked(undefined, 0x106)).toBe(0x106);
    expect(asked(SEC_E_INVALID_HANDLE, 0x106)).toBe(SEC_E_INVALID_HANDLE);
  });

  it("whose messages the host splits is not asked for its sizes if there is no STREAM with DATA behind it", () => {
    const { provider, context, memory } = open({}, {}, { splitsMessages: true });
    const both = descriptorOf(memory, [SECBUFFER_STREAM, Buffer.from("x")], [SECBUFFER_DATA, new Uint8Array()]);
    for (const message of [both, descriptorOf(memory, [SECBUFFER_STREAM, Buffer.from("x")])])
      expect(provider.DecryptMessage(context, message, 0, 0)).toBe(SEC_E_UNSUPPORTED_FUNCTION);
  });
});

describe("an imported context", () => {
  it("is known to user mode only: LSA mode is asked nothing about it, and does not delete it", () => {
    const lsaCalls: string[] = [];
    const noted = (name: string): number => {
      lsaCalls.push(name);
      return 0;
    };
    const { provider, memory, name } = least(
      {
        QueryContextAttributes: implement(SpQueryContextAttributesFn, () => noted("query")),
        SetContextAttributes: implement(SpSetContextAttributesFn, () => noted("set")),
        ApplyControlToken: implement(SpApplyControlTokenFn, () => noted("control")),
        DeleteContext: implement(SpDeleteContextFn, () => noted("delete")),
      },
      {
        ImportContext: implement(SpImportSecurityContextFn, (_packed, _token, place) => {
          writePointer(place, contextHandle);
          return 0;
        }),
      },
    );
    const [context, place] = [memory.allocate(16).address, memory.allocate(64).address];
    expect(provider.ImportSecurityContextW(name, place, 0, context)).toBe(SEC_E_OK);
    expect([
      provider.QueryContextAttributesW(context, SECPKG_ATTR_NAMES, place),
      provider.SetContextAttributesW(context, SECPKG_ATTR_NAMES, place, 4),
      provider.ApplyControlToken(context, place),
    ]).toEqual(Array.from({ length: 3 }, () => SEC_E_UNSUPPORTED_FUNCTION));
    expect(provider.DeleteSecurityContext(context)).toBe(SEC_E_OK);
    expect(lsaCalls).toEqual([]);
  });
});

describe("FreeContextBuffer and CloseHandle of a host", () => {
  it("accept NULL, and refuse what the host has not handed out, which is recorded", () => {
    const { host, provider } = least();
    expect([0, 0n].map((address) => provider.FreeContextBuffer(address))).toEqual([SEC_E_OK, SEC_E_OK]);
    expect(provider.FreeContextBuffer(0x5_0000n)).toBe(SEC_E_INVALID_HANDLE);
    expect(host.diagnostics().misdeeds).toMatchObject([
      { kind: "unknown-pointer", text: expect.stringContaining("FreeContextBuffer of 0x50000") },
    ]);
    expect(provider.CloseHandle(0x7ffe_0001)).toBe(0);
  });
});
