import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { Credential, gssapiProvider, ServerContext } from "../../src/index.ts";
import { runChild } from "../fixtures/child.ts";
import type { HeimdalMessages } from "../fixtures/heimdal-handshake.ts";
import { everything, freshTickets } from "./kerberos.ts";

it("B40 Heimdal's library has no server, no password and no Negotiate here, and its client needs tickets", () => {
  const env = { KRB5CCNAME: "FILE:/nowhere/ccache" };
  const { code, signal, stdout, stderr } = runChild("heimdal-client.ts", { env });
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: "" });
  const refusal = (why: RegExp) => ["SEC_E_UNSUPPORTED_FUNCTION", expect.stringMatching(why)];
  expect(JSON.parse(stdout)).toEqual({
    client: ["SEC_E_NO_CREDENTIALS", expect.stringMatching(/^gss_acquire_cred: /)],
    server: refusal(/accepts a request that was sent before/),
    password: refusal(/apart from those of the process/),
    negotiate: refusal(/cannot be limited to Kerberos/),
  });
});

describe("Heimdal's client with a ticket of alice's", () => {
  freshTickets();

  it("is alice to MIT's server, which opens what it seals and signs", async () => {
    // The ticket goes into the cache that both libraries read: Heimdal's library does not find the lab's KDC.
    const kvno = spawnSync("kvno", ["HTTP/localhost@EXAMPLE.TEST"], { encoding: "utf8" });
    expect(kvno.stderr).toBe("");
    const script = join(import.meta.dirname, "../fixtures/heimdal-handshake.ts");
    const child = fork(script, { execArgv: ["--import", "tsx"] });
    onTestFinished(() => void child.kill());
    const said = async (): Promise<unknown> => {
      const [message] = await Promise.race([once(child, "message"), once(child, "exit")]);
      return message;
    };
    using inbound = await Credential.acquire({ package: "Kerberos", use: "inbound", provider: gssapiProvider() });
    using server = new ServerContext(inbound, { request: everything });
    const { token } = await server.step(Buffer.from(String(await said()), "hex"));
    expect(server.peer().name).toBe("alice@EXAMPLE.TEST");
    child.send(token?.toString("hex") ?? "");
    const { status, peer, sealed, signature } = (await said()) as HeimdalMessages;
    expect([status, peer]).toEqual(["complete", "HTTP/localhost@EXAMPLE.TEST"]);
    expect(server.decrypt(Buffer.from(sealed, "hex")).toString()).toBe("sealed by Heimdal");
    server.verify(Buffer.from("signed by Heimdal"), Buffer.from(signature, "hex"));
  });
});
