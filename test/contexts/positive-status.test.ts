import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  SEC_I_COMPLETE_AND_CONTINUE,
  SEC_I_COMPLETE_NEEDED,
  SEC_I_CONTEXT_EXPIRED,
  SEC_I_CONTINUE_NEEDED,
  SEC_I_INCOMPLETE_CREDENTIALS,
  SEC_I_RENEGOTIATE,
} from "../../generated/status/constants.ts";
import { ClientContext, capabilities, live, ServerContext } from "../../src/index.ts";
import type { Script } from "../scripted/scripted.ts";
import { complete, inbound, outbound, scripted } from "../scripted/scripted.ts";
import { thrownBy } from "../thrown-by.ts";

/** Statuses that are no failure by their number: Win32 errors, informational ones of SSPI, and others. */
const positive = fc.oneof(
  fc.constantFrom(1, 87, 1326, SEC_I_CONTINUE_NEEDED, SEC_I_RENEGOTIATE, SEC_I_CONTEXT_EXPIRED),
  fc.integer({ min: 1, max: 0x7fff_ffff }),
);
const legs = [SEC_I_CONTINUE_NEEDED, SEC_I_COMPLETE_NEEDED, SEC_I_COMPLETE_AND_CONTINUE, SEC_I_INCOMPLETE_CREDENTIALS];

const bytes = Buffer.from("sixteen bytes!!!");
const sizes = { trailer: 16, signature: 16 };

/** Each function of a provider that has one success status, and a method that calls it. */
const functions: readonly [operation: string, script: (status: number) => Script, work: (script: Script) => unknown][] =
  [
    ["AcquireCredentialsHandleW", (status) => ({ acquire: () => status }), (script) => outbound(scripted(script))],
    ["EncryptMessage", (status) => ({ sizes, encrypt: () => status }), (script) => onClient(script, "encrypt")],
    ["DecryptMessage", (status) => ({ sizes, decrypt: () => status }), (script) => onClient(script, "decrypt")],
    ["MakeSignature", (status) => ({ sizes, sign: () => status }), (script) => onClient(script, "sign")],
    ["VerifySignature", (status) => ({ sizes, verify: () => status }), (script) => onClient(script, "verify")],
    [
      "QueryContextAttributesW",
      (status) => ({ contextAttributes: () => status }),
      (script) => within(complete(scripted(script)), (client) => client.query("names")),
    ],
    [
      "QueryCredentialsAttributesW",
      (status) => ({ credentialAttributes: () => status }),
      (script) => within(outbound(scripted(script)), (credential) => credential.query("names")),
    ],
    [
      "SetCredentialsAttributesW",
      (status) => ({ setCredentialAttribute: () => status }),
      (script) => within(outbound(scripted(script)), (credential) => credential.set(7, bytes)),
    ],
    [
      "ApplyControlToken",
      (status) => ({ applyControl: () => status }),
      (script) => within(complete(scripted(script)), (client) => client.applyControlToken(bytes)),
    ],
    [
      "QuerySecurityContextToken",
      (status) => ({ accessToken: () => status }),
      (script) => onServer(script, "accessToken"),
    ],
    [
      "ImpersonateSecurityContext",
      (status) => ({ impersonate: () => status }),
      (script) => onServer(script, "impersonate"),
    ],
  ];

function within<T extends Disposable>(resource: T, work: (resource: T) => unknown): unknown {
  using held = resource;
  return work(held);
}

function onClient(script: Script, method: "encrypt" | "decrypt" | "sign" | "verify"): unknown {
  return within(complete(scripted(script)), (client) =>
    method === "verify" ? client.verify(bytes, bytes) : client[method](bytes),
  );
}

function onServer(script: Script, method: "accessToken" | "impersonate"): unknown {
  using credential = inbound(scripted(script));
  return within(new ServerContext(credential), (server) => {
    server.stepSync(bytes);
    return server[method](() => undefined);
  });
}

describe("a positive status that is no success", () => {
  it.each(functions)("C1 %s: is an error with that status, and nothing is left behind", (operation, script, work) => {
    fc.assert(
      fc.property(positive, (status) => {
        const before = live();
        expect(thrownBy(() => work(script(status)))).toMatchObject({ operation, status });
        expect(live()).toEqual(before);
      }),
      { numRuns: 20, examples: [[87], [1326], [SEC_I_CONTINUE_NEEDED]] },
    );
  });

  it("C1 InitializeSecurityContextW: is an error unless an exchange knows it", () => {
    fc.assert(
      fc.property(
        positive.filter((status) => !legs.includes(status)),
        (status) => {
          using credential = outbound(scripted({ legs: [{ status }] }));
          using client = new ClientContext(credential);
          const error = thrownBy(() => client.stepSync());
          expect(error).toMatchObject({ operation: "InitializeSecurityContextW", status });
        },
      ),
      { numRuns: 20, examples: [[87], [1326]] },
    );
  });

  it("C1 CompleteAuthToken: is an error, even if a leg may return it", () => {
    for (const status of [87, SEC_I_CONTINUE_NEEDED, SEC_I_COMPLETE_NEEDED]) {
      using credential = outbound(scripted({ legs: [{ status: SEC_I_COMPLETE_NEEDED }], complete: () => status }));
      using client = new ClientContext(credential);
      expect(thrownBy(() => client.stepSync())).toMatchObject({ operation: "CompleteAuthToken", status });
      expect(client.complete).toBe(false);
    }
  });

  it("C1 capabilities(): counts as no credential for the package", () => {
    const { provider } = scripted({ acquire: () => 1326 });
    expect(capabilities(provider).packages[0]).toMatchObject({ outbound: "0x0000052e", inbound: "0x0000052e" });
  });

  it("C1 DecryptMessage: means a record that was read where it is documented, for streams only", () => {
    const streamSizes = { header: 5, trailer: 16, maximum: 100 };
    const decrypt = () => SEC_I_RENEGOTIATE;
    using stream = complete(scripted({ sizes: false, streamSizes, decrypt }));
    expect(stream.decryptStream(bytes)).toMatchObject({ status: "renegotiate", code: "SEC_I_RENEGOTIATE" });
    using messages = complete(scripted({ sizes, decrypt }));
    expect(thrownBy(() => messages.decrypt(bytes))).toMatchObject({ status: SEC_I_RENEGOTIATE });
  });
});
