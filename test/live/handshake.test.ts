import { describe, expect, it } from "vitest";
import { ClientContext, Credential, ServerContext } from "../../src/index.ts";
import { alice, providers, samFile } from "./providers.ts";

describe.each(providers.map((provider) => ({ provider, label: provider.label })))("NTLM on $label", ({ provider }) => {
  it("authenticates alice and protects messages both ways", async () => {
    using outbound = Credential.acquire({ package: "NTLM", use: "outbound", identity: alice, provider });
    using inbound = Credential.acquire({ package: "NTLM", use: "inbound", samFile, provider });
    using client = new ClientContext(outbound, { target: "HTTP/localhost", request: ["confidentiality"] });
    using server = new ServerContext(inbound, { request: ["confidentiality"] });

    let leg = await client.step();
    for (;;) {
      if (!leg.token) break;
      const answer = await server.step(leg.token);
      if (!answer.token) break;
      leg = await client.step(answer.token);
    }

    expect([client.complete, server.complete]).toEqual([true, true]);
    expect(server.decrypt(client.encrypt(Buffer.from("to the server"))).toString()).toBe("to the server");
    expect(client.decrypt(server.encrypt(Buffer.from("to the client"))).toString()).toBe("to the client");
  });
});
