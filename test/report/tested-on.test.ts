import { beforeEach, describe, expect, it } from "vitest";
import { SspiError } from "../../src/index.ts";
import { inbound, outbound, scripted } from "../scripted/scripted.ts";
import { forgetUses, uses } from "./tested-on.ts";

describe("what a test ran on", () => {
  beforeEach(forgetUses);

  it("is the Node of the process, and nothing else at first", () => {
    const node = `${process.versions.node} ${process.platform}`;
    expect(uses()).toEqual({ node, providers: [], peers: [] });
  });

  it("is whose credentials it acquired, with the version, once", () => {
    for (const acquire of [inbound, outbound]) acquire(scripted({ version: "9.9" })).close();
    outbound(scripted()).close();
    expect(uses().providers).toEqual(["scripted", "scripted 9.9"]);
  });

  it("is whose credentials it was refused", () => {
    expect(() => outbound(scripted({ acquire: () => 0x8009_030e }))).toThrow(SspiError);
    expect(uses().providers).toEqual(["scripted"]);
  });
});
