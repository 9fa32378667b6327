import { describe, expect, it } from "vitest";
import { type ReportedTest, suiteTable } from "./suite-table.ts";

const test: ReportedTest = {
  suite: "live/interop",
  node: "20.1.0 linux",
  providers: ["libwinpr2.so.2 2.11.7"],
  peers: ["curl 7.88.1"],
  failed: false,
  milliseconds: 40,
};

describe("the table of suites", () => {
  it("has a line for each suite and its platform and provider, with all its peers", () => {
    const others = ["krb5-kdc 1.20.1", "curl 7.88.1"].map((peer) => ({ ...test, peers: [peer], milliseconds: 100 }));
    const elsewhere = {
      ...test,
      suite: "windows-node22/live",
      node: "22.2.0 win32",
      providers: ["secur32.dll"],
      peers: [],
    };
    expect(suiteTable([elsewhere, test, ...others]).split("\n")).toEqual([
      "suite                Node          provider               tests  time   peers",
      "live/interop         20.1.0 linux  libwinpr2.so.2 2.11.7  3      0.2 s  curl 7.88.1, krb5-kdc 1.20.1",
      "windows-node22/live  22.2.0 win32  secur32.dll            1      0.0 s",
    ]);
  });

  it('shows how many tests failed, and "none" for a missing provider', () => {
    const [, line] = suiteTable([
      { ...test, providers: [], failed: true },
      { ...test, providers: [] },
    ]).split("\n");
    expect(line).toBe("live/interop  20.1.0 linux  none      2 (1 failed)  0.1 s  curl 7.88.1");
  });
});
