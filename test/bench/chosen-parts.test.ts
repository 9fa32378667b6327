import { describe, expect, it } from "vitest";
import { chosenParts } from "../../bench/chosen-parts.ts";

const names = ["ratios", "load", "gssapi", "http", "peers"];

describe("the parts of the benchmark that a command line asks for", () => {
  it("are all but the peers, which are fetched from npm", () => {
    expect(chosenParts(names, ["--quick"])).toEqual(["ratios", "load", "gssapi", "http"]);
  });

  it("are all with --peers", () => {
    expect(chosenParts(names, ["--peers"])).toEqual(names);
  });

  it("are those of --only, the peers too", () => {
    expect(chosenParts(names, ["--only=http", "--only=peers"])).toEqual(["http", "peers"]);
  });

  it("are those that are drawn with --picture", () => {
    expect(chosenParts(names, ["--picture"])).toEqual(["ratios", "gssapi", "load"]);
  });

  it("are refused where a part or an option is unknown", () => {
    expect(() => chosenParts(names, ["--only=htp"])).toThrow(
      "--only: expected one of ratios, load, gssapi, http, peers",
    );
    expect(() => chosenParts(names, ["--npm-kerberos"])).toThrow("--npm-kerberos: expected --quick");
  });
});
