import { describe, expect, it } from "vitest";
import { SECBUFFER_DATA, SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import type { MessageBuffer, MessagePart } from "../../src/index.ts";
import { complete, scripted } from "../scripted/scripted.ts";
import type { MessageCall } from "../scripted/scripted-script.ts";

describe("a message of several buffers on a provider that protects one buffer with data", () => {
  const shown = (list: readonly MessageBuffer[]): { seen: unknown[]; parts: readonly MessagePart[] } => {
    const seen: unknown[] = [];
    const encrypt = ({ buffers }: MessageCall): number => {
      seen.push(...buffers.all.map(({ type, bytes }) => [type, bytes.toString()]));
      buffers.fill(buffers.types.indexOf(SECBUFFER_DATA), Buffer.from("SEALED"));
      return SEC_E_OK;
    };
    using client = complete(scripted({ traits: { protectsEveryBuffer: false }, sizes: { trailer: 1 }, encrypt }));
    return { seen, parts: client.encryptBuffers(list) };
  };
  const data = (text: string, access?: "readonly" | "readonlyWithChecksum"): MessageBuffer => ({
    type: "data",
    bytes: Buffer.from(text),
    ...(access && { access }),
  });

  it("reaches the package without its read-only parts, and comes back with them", () => {
    const body = [data("ab"), data("cdef")];
    const { seen, parts } = shown([
      data("one", "readonly"),
      { type: "token", bytes: Buffer.from("T") },
      ...body,
      data("two", "readonly"),
    ]);
    expect(seen).toEqual([
      [SECBUFFER_TOKEN, "T"],
      [SECBUFFER_DATA, "abcdef"],
    ]);
    expect(parts.map(({ type, access, bytes, within }) => [type, access, bytes.toString(), within])).toEqual([
      ["data", "readonly", "one", 0],
      ["token", undefined, "T", 1],
      ["data", undefined, "SE", 2],
      ["data", undefined, "ALED", 3],
      ["data", "readonly", "two", 4],
    ]);
  });

  it("comes back with a read-only part that has no bytes", () => {
    const { seen, parts } = shown([{ type: "data", access: "readonly" }, data("abcdef")]);
    expect(seen).toEqual([[SECBUFFER_DATA, "abcdef"]]);
    expect(parts.map(({ access, bytes, within }) => [access, bytes.toString(), within])).toEqual([
      ["readonly", "", 0],
      [undefined, "SEALED", 1],
    ]);
  });

  it.each([
    ["buffers[1]", [data("body"), data("header", "readonlyWithChecksum")]],
    ["buffers[0]", [data("header", "readonlyWithChecksum")]],
    ["buffers[2]", [data("a"), data("-", "readonly"), data("b")]],
  ])("is refused where %s would go unprotected", (place, list) => {
    expect(() => shown(list)).toThrow(
      new RangeError(`${place}: scripted protects data in one row, without parts that are read-only and signed`),
    );
  });
});
