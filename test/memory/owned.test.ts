import { inspect } from "node:util";
import { describe, expect, it, onTestFinished, vi } from "vitest";
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

  it("is no longer counted after take(): its owner says so once, and never after close()", () => {
    const taken = vi.fn();
    const first = new Owned("the token", 7n, () => undefined, taken);
    first.take();
    first.close();
    expect(() => first.take()).toThrow(closed);
    expect(taken).toHaveBeenCalledOnce();
    const second = new Owned("the token", 7n, () => undefined, taken);
    second.close();
    expect(() => second.take()).toThrow(closed);
    expect(taken).toHaveBeenCalledOnce();
  });

  it("is shown with its name and whether it is open, never with its value", () => {
    const { owned } = owning("S3cret");
    expect(inspect(owned)).toBe("the token { open }");
    owned.close();
    expect(inspect(owned)).toBe("the token { closed }");
  });

  it("F14 is watched by what an earlier owner left, and of that only a limited number is kept", () => {
    const register = vi.spyOn(FinalizationRegistry.prototype, "register");
    onTestFinished(() => register.mockRestore());
    const watchedAnew = (count: number): number => {
      const before = register.mock.calls.length;
      const owners = Array.from({ length: count }, () => owning(0).owned);
      for (const owned of owners) owned.close();
      return register.mock.calls.length - before;
    };
    watchedAnew(3000);
    expect([watchedAnew(1), watchedAnew(1000), watchedAnew(1024)]).toEqual([0, 0, 0]);
    expect(watchedAnew(3000)).toBe(3000 - 1024);
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
