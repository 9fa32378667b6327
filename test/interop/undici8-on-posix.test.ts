import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { laterMajors, laterNode } from "../../scripts/later-nodes.ts";
import { gssapiProvider } from "../../src/index.ts";
import { needs } from "../lab/needs.ts";
import { freshTickets } from "../live/kerberos.ts";
import { notePeer, noteProvider } from "../report/tested-on.ts";

const root = join(import.meta.dirname, "../..");
const bundle = join(root, ".cache/fixtures/children/undici8-client.mjs");

describe.each(laterMajors)("NegotiateDispatcher with undici 8 in Node %i, and Apache's mod_auth_gssapi", (major) => {
  needs("apache2");
  freshTickets();
  let node = "";

  beforeAll(async () => {
    node = laterNode(major);
    await build({
      entryPoints: [join(root, "test/interop/undici8-client.ts")],
      outfile: bundle,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      alias: { undici: "undici8" },
      external: ["koffi", "undici8"],
      logLevel: "error",
    });
  }, 240_000);

  it("logs alice on with Node's fetch and undici's functions, and refuses a server that is not proven", async () => {
    noteProvider(gssapiProvider());
    notePeer("apache2-bin");
    const { stdout } = await promisify(execFile)(node, [bundle, inject("lab").web.kerberosUrl], { timeout: 60_000 });
    const alice = "200 alice@EXAMPLE.TEST";
    expect(JSON.parse(stdout)).toEqual({
      node: expect.stringMatching(new RegExp(`^v${major}\\.`)),
      nodesFetch: alice,
      nodesFetchPosts: alice,
      fetch: alice,
      fetchPosts: alice,
      requestStreams: 200,
      stream: 200,
      many: [alice],
      notListed: "401 null",
      aborted: "AbortError",
      bodies: ["hello alice: 4", "hello alice: 4"],
      unproven: "server-not-proven",
    });
  });
});
