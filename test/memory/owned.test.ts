import { describe, expect, it, vi } from "vitest";
import { DisposedError, Owned } from "../../src/memory/index.ts";

function owning<T>(value: T): {
  readonly owned: Owned<T>;
  readonly release: ReturnType<typeof vi.fn<(value: T) => void>>;
} {
  const release = vi.fn<(value: T) => void>();
  return { owned: new Owned("the token", value, release), release };
}

const closed = new DisposedError("the token");

describe("an owned thing", () => {
  it("is available, and not released, as long as its owner is open", () => {
    const thing = { handle: 1n };
    const { owned, release } = owning(thing);
    expect(owned.value).toBe(thing);
    expect(owned.closed).toBe(false);
    expect(release).not.toHaveBeenCalled();
    owned.close();
  });

  it("is released once, however often it is closed and disposed of", () => {
    const { owned, release } = owning(7n);
    owned.close();
    owned.close();
    owned[Symbol.dispose]();
    expect(release.mock.calls).toEqual([[7n]]);
    expect(owned.closed).toBe(true);
  });

  it("is released at the end of its `using` block, also when the block throws", () => {
    const { owned, release } = owning(7n);
    expect(() => {
      using held = owned;
      throw new Error(`while ${held.value} was held`);
    }).toThrow("while 7 was held");
    expect(release).toHaveBeenCalledOnce();
  });

  it("cannot be reached after it was closed: the error says what it was", () => {
    const { owned } = owning(7n);
    owned.close();
    expect(() => owned.value).toThrow(closed);
    expect(() => owned.take()).toThrow(closed);
    expect(closed.message).toBe("the token has been closed and cannot be used any more");
    expect(closed).toMatchObject({ name: "DisposedError", code: "SSPI_DISPOSED" });
  });

  it("is the caller's after take(), and is never released by its former owner", () => {
    const { owned, release } = owning(7n);
    expect(owned.take()).toBe(7n);
    expect(owned.closed).toBe(true);
    owned.close();
    owned[Symbol.dispose]();
    expect(release).not.toHaveBeenCalled();
    expect(() => owned.value).toThrow(closed);
    expect(() => owned.take()).toThrow(closed);
  });

  it("is closed before its release runs, so a release that calls back finds it closed", () => {
    let owned: Owned<bigint> | undefined;
    const release = vi.fn(() => {
      expect(owned?.closed).toBe(true);
      owned?.close();
    });
    owned = new Owned("the token", 7n, release);
    owned.close();
    expect(release).toHaveBeenCalledOnce();
  });

  it("is not released again when its release threw", () => {
    const release = vi.fn(() => {
      throw new Error("refused");
    });
    const owned = new Owned("the token", 7n, release);
    expect(() => owned.close()).toThrow("refused");
    expect(() => owned.close()).not.toThrow();
    expect(release).toHaveBeenCalledOnce();
  });

  it("may be undefined and is owned nevertheless", () => {
    const { owned, release } = owning(undefined);
    expect(owned.value).toBeUndefined();
    expect(owned.closed).toBe(false);
    owned.close();
    expect(release).toHaveBeenCalledOnce();
  });
});
