import { describe, expect, it } from "vitest";
import { packageInfos } from "../../src/raw.ts";

const info = { name: "Test", comment: "a test", capabilities: 0, version: 1, rpcId: 0xffff, maxToken: 16 };

describe("the descriptions of packages", () => {
  it.each<[string, unknown, string]>([
    ["no list", undefined, "infos: expected an array, got undefined"],
    ["text", "Test", "infos: expected an array, got a string of 4 characters"],
    ["no object", [info, null], "infos[1]: expected an object, got null"],
    ["no name", [{ ...info, name: undefined }], "infos[0].name: expected a string, got undefined"],
    ["no comment", [info, { ...info, comment: 5 }], "infos[1].comment: expected a string, got a number"],
  ])("are refused where there is %s", (_what, infos, message) => {
    expect(() => packageInfos(infos as never)).toThrow(new TypeError(message));
  });
});
