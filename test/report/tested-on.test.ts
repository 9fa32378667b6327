import { beforeEach, describe, expect, it } from "vitest";
import { SspiError } from "../../src/index.ts";
import { inbound, outbound, scripted } from "../scripted/scripted.ts";
import { forgetUses, uses } from "./tested-on.ts";

describe("the record of what a test ran on", () => {
  beforeEach(forgetUses);

  it("contains only the process's Node version at first", () => {
    const node = `${process.versions.node} ${process.platform}`;
    expect(uses()).toEqual({ node, providers: [], peers: [] });
  });

  it("contains each provider of an acquired credential once, with its version", () => {
    for (const acquire of [inbound, outbound]) acquire(scripted({ version: "9.9" })).close();
    outbound(scripted()).close();
    expect(uses().providers).toEqual(["scripted", "scripted 9.9"]);
  });

  it("contains the provider that refused a credential", () => {
    expect(() => outbound(scripted({ acquire: () => 0x8009_030e }))).toThrow(SspiError);
    expect(uses().providers).toEqual(["scripted"]);
  });
});
