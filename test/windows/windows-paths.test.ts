import { describe, expect, it } from "vitest";
import { FrameReader, frame } from "./frames.ts";
import { mapStrings, WindowsPaths } from "./windows-paths.ts";

const paths = new WindowsPaths(["/home/me/it", "/opt/modules"]);

describe("messages between the Windows pool and its worker", () => {
  it.each([
    ["/home/me/it", "Z:/home/me/it"],
    ["/home/me/it/src/a.ts", "Z:/home/me/it/src/a.ts"],
    ["file:///opt/modules/a.js", "file:///Z:/opt/modules/a.js"],
    ["/@fs/opt/modules/a.js", "/@fs/Z:/opt/modules/a.js"],
    ["at x (/home/me/it/a.ts:1:2)", "at x (Z:/home/me/it/a.ts:1:2)"],
  ])("have the path %s as %s under Wine, and back again", (here, there) => {
    expect(paths.toWindows(here)).toBe(there);
    expect(paths.toWindows(there)).toBe(there);
    expect(paths.toHost(there)).toBe(here);
  });

  it("may contain backslashes, which become slashes", () => {
    expect(paths.toHost(String.raw`at x (Z:\home\me\it\src\a.ts:1:2)`)).toBe("at x (/home/me/it/src/a.ts:1:2)");
  });

  it.each(["/home/me/itself/a.ts", "C:/windows/system32", "src/a.ts"])("keep %s unchanged", (text) => {
    expect(paths.toWindows(text)).toBe(text);
    expect(paths.toHost(text)).toBe(text);
  });

  it("have every string mapped and keep their structure", () => {
    const shared = { path: "a" };
    const message = { list: [shared, shared], map: new Map([["a", new Set(["a"])]]), bytes: Buffer.from("a"), a: 1 };
    const mapped = mapStrings(message, (text) => text.replace(/^a$/, "b")) as typeof message & { b: number };
    expect(mapped).toEqual({
      list: [{ path: "b" }, { path: "b" }],
      map: new Map([["b", new Set(["b"])]]),
      bytes: Buffer.from("a"),
      b: 1,
    });
    expect(mapped.list[0]).toBe(mapped.list[1]);
  });

  it("arrive unchanged in pieces of any size", () => {
    const messages = [{ a: 1 }, "two", new Map([["three", 3n]]), undefined, Buffer.alloc(3_000, 7)];
    const bytes = Buffer.concat(messages.map(frame));
    for (const size of [1, 3, 7, 1_000, bytes.length]) {
      const reader = new FrameReader();
      const read: unknown[] = [];
      for (let at = 0; at < bytes.length; at += size) read.push(...reader.push(bytes.subarray(at, at + size)));
      expect(read.map(String)).toEqual(messages.map(String));
    }
  });
});
