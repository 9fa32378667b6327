import { describe, expect, it, vi } from "vitest";
import { providerSlots } from "../../generated/provider.ts";
import { absent, bindProvider, providerFunctions, type Resolve } from "../../src/native/bound-provider.ts";
import type { NativeFunction } from "../../src/native/koffi.ts";

function native(answer: number): NativeFunction {
  return Object.assign(
    vi.fn(() => answer),
    { async: vi.fn() },
  );
}

describe("a bound provider", () => {
  it("looks up no function until it is called, and then only that function", () => {
    const resolve = vi.fn<Resolve>(() => native(0));
    const provider = bindProvider(resolve, {});
    expect(resolve).not.toHaveBeenCalled();
    provider.FreeContextBuffer(0x1_0000);
    expect(resolve.mock.calls).toEqual([["FreeContextBuffer"]]);
  });

  it("looks a function up once and keeps the result", () => {
    const found = native(0x0009_0312);
    const resolve = vi.fn<Resolve>(() => found);
    const provider = bindProvider(resolve, {});
    for (let time = 0; time < 3; time += 1) expect(provider.DeleteSecurityContext(7n)).toBe(0x0009_0312);
    expect(resolve).toHaveBeenCalledOnce();
    expect(vi.mocked(found).mock.calls).toEqual([[7n], [7n], [7n]]);
    expect(provider.DeleteSecurityContext).toBe(found);
  });

  it("passes every argument on, in order", () => {
    const found = native(0);
    bindProvider(() => found, {}).AcquireCredentialsHandleW(1, 2, 3, 4, 5, 6, 7, 8, 9n);
    expect(vi.mocked(found).mock.calls).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9n]]);
  });

  it("looks up an absent function only once too", () => {
    const resolve = vi.fn<Resolve>(() => undefined);
    const provider = bindProvider(resolve, {});
    expect([provider.MakeSignature(1, 0, 2, 0), provider.MakeSignature(1, 0, 2, 0)]).toEqual([
      0x8009_0302, 0x8009_0302,
    ]);
    expect(resolve).toHaveBeenCalledOnce();
  });

  it("has a method for every slot, each bound by its own name", () => {
    const resolve = vi.fn<Resolve>(() => native(0));
    const provider = bindProvider(resolve, {});
    expect(Object.keys(provider)).toEqual(Object.keys(providerSlots));
    for (const name of providerFunctions) (provider[name] as () => unknown)();
    expect(resolve.mock.calls.map(([name]) => name)).toEqual(providerFunctions);
  });
});

describe("the replacement of an absent function", () => {
  it("returns SEC_E_UNSUPPORTED_FUNCTION where a status is expected, and FALSE where a BOOL is", () => {
    expect(absent("ExportSecurityContext")()).toBe(0x8009_0302);
    expect(absent("CloseHandle")()).toBe(0);
  });
});
