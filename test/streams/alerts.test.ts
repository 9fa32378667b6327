import { describe, expect, it } from "vitest";
import { ASC_REQ_EXTENDED_ERROR, ISC_REQ_EXTENDED_ERROR, SECBUFFER_ALERT } from "../../generated/sspi/constants.ts";
import {
  SEC_E_ALGORITHM_MISMATCH,
  SEC_E_UNTRUSTED_ROOT,
  SEC_I_CONTINUE_NEEDED,
} from "../../generated/status/constants.ts";
import { Credential, SecureStream } from "../../src/index.ts";
import { type LegAnswer, type LegCall, type Script, type ScriptedSspi, scripted } from "../scripted/scripted.ts";
import { closed, failureOf } from "./record-streams.ts";
import { type WireEnd, wire } from "./wire.ts";

const alert = Buffer.from([21, 3, 3, 0, 2, 2, 40]);

/** A leg that fails as Windows' Schannel does: it writes no token, but an alert if there is a SECBUFFER_ALERT. */
function failing(status: number, token?: Buffer): (call: LegCall) => LegAnswer {
  return ({ output }) => {
    const index = output.types.indexOf(SECBUFFER_ALERT);
    if (index >= 0) output.fill(index, alert);
    return { status, ...(token && { token }) };
  };
}

function acquired({ provider }: ScriptedSspi, name: string, use: "inbound" | "outbound"): Credential {
  return Credential.acquireSync({ package: name, use, provider });
}

function received(peer: WireEnd): readonly number[] {
  const bytes: Buffer | null = peer.read();
  return [...(bytes ?? [])];
}

function script(packageName: string, legs: Script["legs"]): ScriptedSspi {
  return scripted({ packageName, ...(legs && { legs }) });
}

describe.each(["Schannel", "Microsoft Unified Security Protocol Provider"])("a failing handshake of %s", (name) => {
  it("sends the client the alert that the server's leg returned", async () => {
    const sspi = script(name, [failing(SEC_E_ALGORITHM_MISMATCH)]);
    using credential = acquired(sspi, name, "inbound");
    const [end, peer] = wire();
    peer.on("error", () => {}).write("ClientHello");
    const stream = SecureStream.accept(end, credential);
    expect(await failureOf(stream)).toMatchObject({ code: "SEC_E_ALGORITHM_MISMATCH", token: alert });
    await closed(stream);
    expect(received(peer)).toEqual([...alert]);
    expect((sspi.legs[0]?.flags ?? 0) & ASC_REQ_EXTENDED_ERROR).toBe(ASC_REQ_EXTENDED_ERROR);
  });

  it("sends the server the alert of the client's leg, even of a later leg", async () => {
    const hello = { status: SEC_I_CONTINUE_NEEDED, token: Buffer.from("hi") };
    const sspi = script(name, [hello, failing(SEC_E_UNTRUSTED_ROOT)]);
    using credential = acquired(sspi, name, "outbound");
    const [end, peer] = wire();
    peer.on("error", () => {}).write("ServerHello");
    const stream = SecureStream.connect(end, credential, { target: "host.example" });
    expect(await failureOf(stream)).toMatchObject({ code: "SEC_E_UNTRUSTED_ROOT" });
    await closed(stream);
    expect(received(peer)).toEqual([...Buffer.from("hi"), ...alert]);
    expect((sspi.legs[1]?.flags ?? 0) & ISC_REQ_EXTENDED_ERROR).toBe(ISC_REQ_EXTENDED_ERROR);
  });

  it("sends the leg's token instead of the alert if the package wrote one", async () => {
    const sspi = script(name, [failing(SEC_E_ALGORITHM_MISMATCH, Buffer.from("token"))]);
    using credential = acquired(sspi, name, "inbound");
    const [end, peer] = wire();
    peer.on("error", () => {}).write("ClientHello");
    const stream = SecureStream.accept(end, credential);
    await failureOf(stream);
    await closed(stream);
    expect(received(peer)).toEqual([...Buffer.from("token")]);
  });
});

describe("a failing handshake of a stream package other than Schannel", () => {
  it("requests no TLS alert from the leg", async () => {
    const sspi = script("Scripted", [failing(SEC_E_ALGORITHM_MISMATCH)]);
    using credential = acquired(sspi, "Scripted", "inbound");
    const [end, peer] = wire();
    peer.on("error", () => {}).write("hello");
    const stream = SecureStream.accept(end, credential);
    await failureOf(stream);
    await closed(stream);
    expect([received(peer), sspi.legs[0]?.output.types]).toEqual([[], [2]]);
  });
});
