import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { ISC_RET } from "../../generated/sspi/constants.ts";
import { SEC_E_OK, SEC_I_CONTINUE_NEEDED, SEC_I_INCOMPLETE_CREDENTIALS } from "../../generated/status/constants.ts";
import { type Credential, type SecureClientOptions, SecureStream } from "../../src/index.ts";
import { outbound, type ScriptedSspi, scripted } from "../scripted/scripted.ts";
import { closed, failureOf, secureStreams } from "./record-streams.ts";
import { wire } from "./wire.ts";

const attributes = ISC_RET.confidentiality | ISC_RET.stream;
const token = Buffer.from("a token");

/** A package whose second leg reports that the server requests a certificate. */
function asking(): ScriptedSspi {
  return scripted({
    legs: [
      { status: SEC_I_CONTINUE_NEEDED, token },
      { status: SEC_I_INCOMPLETE_CREDENTIALS },
      { status: SEC_E_OK, token, attributes },
    ],
  });
}

async function connected(sspi: ScriptedSspi, options: SecureClientOptions): Promise<SecureStream> {
  using credential = outbound(sspi);
  const [end, peer] = wire();
  peer.on("error", () => {}).write("who are you?");
  const stream = SecureStream.connect(end, credential, options);
  await once(stream, "secure");
  return stream;
}

describe("a client whose server requests a credential that it lacks", () => {
  it("continues with the credential that selectCredential passes to useCredential, and the stream keeps it alive", async () => {
    const sspi = asking();
    let chosen: Credential | undefined;
    const stream = await connected(sspi, {
      selectCredential: async (context) => {
        expect(context.complete).toBe(false);
        using credential = outbound(sspi);
        chosen = credential;
        context.useCredential(credential);
        return undefined;
      },
    });
    expect(chosen?.closed).toBe(true);
    expect(sspi.legs.map(({ credential }) => credential)).toEqual([1, 1, 3]);
    stream.destroy();
    await closed(stream);
  });

  it("continues with the credential that selectCredential returns", async () => {
    const sspi = asking();
    using other = outbound(sspi);
    const stream = await connected(sspi, { selectCredential: () => other });
    expect(sspi.legs.map(({ credential }) => credential)).toEqual([2, 2, 1]);
    stream.destroy();
    await closed(stream);
  });

  it("continues without another credential if there is no selectCredential", async () => {
    const sspi = asking();
    const stream = await connected(sspi, {});
    expect(sspi.legs.map(({ credential }) => credential)).toEqual([1, 1, 1]);
    stream.destroy();
    await closed(stream);
  });

  it("times out and closes if selectCredential never settles", async () => {
    const sspi = scripted({ legs: [{ status: SEC_I_INCOMPLETE_CREDENTIALS }] });
    using credential = outbound(sspi);
    const [end, peer] = wire();
    peer.on("error", () => {});
    let choose = (_: Credential): void => {};
    const choice = new Promise<Credential>((resolve) => {
      choose = resolve;
    });
    const stream = SecureStream.connect(end, credential, { handshakeTimeout: 20, selectCredential: () => choice });
    expect(await failureOf(stream)).toMatchObject({ code: "SSPI_HANDSHAKE_TIMEOUT" });
    await closed(stream);
    // The choice comes after the stream closed, so it must have no effect.
    choose(credential);
    await new Promise((resolve) => setImmediate(resolve));
  });

  it("fails with selectCredential's error", async () => {
    const sspi = scripted({ legs: [{ status: SEC_I_INCOMPLETE_CREDENTIALS }] });
    using credential = outbound(sspi);
    const [end, peer] = wire();
    peer.on("error", () => {});
    const choice = new Error("no card in the reader");
    const stream = SecureStream.connect(end, credential, { selectCredential: () => Promise.reject(choice) });
    expect(await failureOf(stream)).toBe(choice);
    await closed(stream);
    expect(() => SecureStream.connect(wire()[0], credential, { selectCredential: 1 as never })).toThrow(
      "selectCredential: expected a function, got a number",
    );
  });
});

describe("a check of the server's certificate", () => {
  it("makes the stream fail if the package provides no certificate", async () => {
    const { client, server } = secureStreams({ client: { checkServerIdentity: () => undefined } });
    server.on("error", () => {});
    expect(await failureOf(client)).toMatchObject({ code: "SSPI_SERVER_IDENTITY" });
    server.destroy();
    await closed(client, server);
  });
});
