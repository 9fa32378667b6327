import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { ISC_RET } from "../../generated/sspi/constants.ts";
import { SEC_E_OK, SEC_I_CONTINUE_NEEDED } from "../../generated/status/constants.ts";
import { ClientContext, ServerContext } from "../../src/index.ts";
import { inbound, outbound, scripted } from "../scripted/scripted.ts";

describe("a context that is printed", () => {
  it("says its package, target, state and legs", () => {
    const sspi = scripted({
      legs: [
        { status: SEC_I_CONTINUE_NEEDED },
        { status: SEC_E_OK, attributes: ISC_RET.integrity | ISC_RET.mutualAuth },
      ],
    });
    using credential = outbound(sspi);
    using client = new ClientContext(credential, { target: 'HTTP/"host"' });
    expect(inspect(client)).toBe('ClientContext { Scripted, target "HTTP/\\"host\\"", new after 0 legs }');
    client.stepSync();
    expect(inspect(client)).toBe('ClientContext { Scripted, target "HTTP/\\"host\\"", stepping after 1 leg }');
    client.stepSync(Buffer.from("answer"));
    expect(inspect(client)).toBe(
      'ClientContext { Scripted, target "HTTP/\\"host\\"", complete after 2 legs, flags mutualAuth integrity }',
    );
    client.close();
    expect(inspect(client)).toBe('ClientContext { Scripted, target "HTTP/\\"host\\"", closed after 2 legs }');
  });

  it("says where its flags are unknown, and that it has failed", () => {
    const sspi = scripted({ legs: [{ status: SEC_E_OK }, { status: 0x8009_0308 }] });
    using credential = inbound(sspi);
    using complete = new ServerContext(credential);
    complete.stepSync(Buffer.from("hello"));
    expect(inspect(complete)).toBe("ServerContext { Scripted, complete after 1 leg, flags unknown }");
    using failing = new ServerContext(credential);
    expect(() => failing.stepSync(Buffer.from("hello"))).toThrow();
    expect(inspect(failing)).toBe("ServerContext { Scripted, failed after 0 legs }");
  });

  it("can be printed while a step is under way", async () => {
    using credential = outbound(scripted({ legs: [{ status: SEC_E_OK }] }));
    using client = new ClientContext(credential);
    const step = client.step();
    expect(inspect(client)).toBe("ClientContext { Scripted, new after 0 legs }");
    await step;
  });

  it("can be printed when it was closed within its last step", async () => {
    using credential = outbound(scripted({ legs: [{ status: SEC_E_OK }] }));
    const client = new ClientContext(credential);
    const step = client.step();
    client.close();
    await step;
    expect(inspect(client)).toBe("ClientContext { Scripted, closed after 1 leg }");
  });

  it("shows no token and no channel binding at any depth of inspection", () => {
    const secret = Buffer.from("TOKEN-BYTES");
    const sspi = scripted({ legs: [{ status: 0x8009_0318 }, { status: SEC_I_CONTINUE_NEEDED, token: secret }] });
    using credential = outbound(sspi);
    using client = new ClientContext(credential, { channelBindings: { applicationData: secret } });
    client.stepSync(secret);
    for (const text of [
      inspect(client, { depth: 9, showHidden: true }),
      inspect(client, { customInspect: false, depth: 9 }),
    ])
      expect(text).not.toMatch(/TOKEN-BYTES|54 4f 4b 45|84, 79, 75/i);
  });
});
