import { randomBytes } from "node:crypto";
import { once } from "node:events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ISC_RET } from "../../generated/sspi/constants.ts";
import { SEC_E_OK } from "../../generated/status/constants.ts";
import { live, SecureStream } from "../../src/index.ts";
import { outbound, scripted } from "../scripted/scripted.ts";
import { closed, RecordStreams, received, secureStreams } from "./record-streams.ts";
import { pieces, wire } from "./wire.ts";

describe("a secure stream", () => {
  it("completes the handshake, carries data in both directions, and ends", async () => {
    const { client, server, wires } = secureStreams();
    const events: string[] = [];
    for (const name of ["secure", "secureConnect"]) {
      client.once(name, () => events.push(`client ${name}`));
      server.once(name, () => events.push(`server ${name}`));
    }
    expect([client.secure, client.encrypted, client.alpnProtocol]).toEqual([false, true, null]);
    client.end("a question");
    expect((await received(server)).toString()).toBe("a question");
    expect(events.sort()).toEqual(["client secure", "client secureConnect", "server secure"]);
    expect((await received(client)).toString()).toBe("");
    await closed(client, server, ...wires);
    expect([client.errored, server.errored]).toEqual([null, null]);
  });

  it("gives access to its context and closes it", async () => {
    const { client, server } = secureStreams();
    await Promise.all([once(client, "secure"), once(server, "secure")]);
    expect([client.context.complete, client.context.hasFlag("confidentiality")]).toEqual([true, true]);
    expect([client.alpnProtocol, client.getPeerX509Certificate()]).toEqual([false, undefined]);
    client.destroy();
    server.destroy();
    await closed(client, server);
    expect(live().contexts).toBe(0);
    expect([client.alpnProtocol, client.getPeerX509Certificate()]).toEqual([null, undefined]);
  });

  it("reports the agreed protocol and certificate even while its context is busy", async () => {
    let finish = (): void => {};
    let held = Promise.resolve();
    const attributes = ISC_RET.confidentiality | ISC_RET.stream;
    const sspi = scripted({
      legs: [{ status: SEC_E_OK, attributes }, { status: SEC_E_OK }],
      applyControl: () => SEC_E_OK,
      gate: () => held,
    });
    using credential = outbound(sspi);
    const stream = SecureStream.connect(wire()[0], credential, { allowMissingClose: true });
    await once(stream, "secure");
    held = new Promise((resolve) => {
      finish = resolve;
    });
    stream.end();
    await expect.poll(() => stream.context.shutDown).toBe(true);
    expect([stream.alpnProtocol, stream.getPeerX509Certificate()]).toEqual([false, undefined]);
    finish();
    await once(stream, "finish");
    stream.destroy();
    await closed(stream);
  });

  it("is destroyed and closed at the end of an `await using` scope", async () => {
    const ends = secureStreams();
    {
      await using client = ends.client;
      await using server = ends.server;
      await Promise.all([once(client, "secure"), once(server, "secure")]);
      client.end();
      for (const stream of [client, server]) stream.on("error", () => {});
    }
    expect([ends.client.closed, ends.server.closed, live().contexts]).toEqual([true, true, 0]);
    await ends.client[Symbol.asyncDispose]();
  });

  it("keeps all bytes and their order for every size of writes and of chunks", async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 2500 }), { maxLength: 4 });
    const cuts = fc.integer({ min: 1, max: 600 });
    const streams = new RecordStreams({ maximumMessage: 1000 });
    await fc.assert(
      fc.asyncProperty(sizes, sizes, cuts, fc.integer({ min: 1, max: 5000 }), async (there, back, cut, mark) => {
        const { client, server, wires } = streams.open({ client: { highWaterMark: mark }, wire: mark });
        for (const end of wires) end.tamper = (bytes) => pieces(bytes, cut);
        const [messages, answers] = [there, back].map((list) => list.map((size) => randomBytes(size))) as [
          Buffer[],
          Buffer[],
        ];
        for (const message of messages) client.write(message);
        for (const answer of answers) server.write(answer);
        client.end();
        server.end();
        const [got, answered] = await Promise.all([received(server), received(client)]);
        expect(got.equals(Buffer.concat(messages))).toBe(true);
        expect(answered.equals(Buffer.concat(answers))).toBe(true);
        await closed(client, server);
      }),
      { numRuns: 40 },
    );
  });

  it("reads data that arrives together with the handshake's last message", async () => {
    const { client, server, wires } = secureStreams();
    // The client's last handshake message and its first record arrive in one chunk.
    const held: Buffer[] = [];
    let holding = false;
    client.once("secure", () => client.end("at once"));
    wires[0].tamper = (bytes) => {
      if (bytes.toString("utf8", 5) === "thanks") holding = true;
      held.push(bytes);
      if (holding && held.length < 3) return [];
      return [Buffer.concat(held.splice(0))];
    };
    expect((await received(server)).toString()).toBe("at once");
    await received(client);
    await closed(client, server);
  });

  it("renegotiates at its peer's request and carries data before and after it", async () => {
    const { client, server } = secureStreams();
    await Promise.all([once(client, "secure"), once(server, "secure")]);
    const all = received(client);
    const back = received(server);
    server.write("before, ");
    server.write("let us shake hands again");
    client.write("one, ");
    await expect.poll(() => [client.context.legs, server.context.legs]).toEqual([4, 4]);
    server.end(", after");
    client.end("two");
    expect((await all).toString()).toBe("before, let us shake hands again, after");
    expect((await back).toString()).toBe("one, two");
    await closed(client, server);
  });
});

describe("one direction of a secure stream", () => {
  it("ends with the other direction by default, as with a socket", async () => {
    const { client, server } = secureStreams();
    server.end("that is all");
    expect((await received(client)).toString()).toBe("that is all");
    await received(server);
    await closed(client, server);
    expect([client.writableFinished, server.writableFinished]).toEqual([true, true]);
  });

  it("stays open after the other direction ended, with allowHalfOpen", async () => {
    const { client, server } = secureStreams({ client: { allowHalfOpen: true } });
    server.end("that is all");
    expect((await received(client)).toString()).toBe("that is all");
    await new Promise((resolve) => setTimeout(resolve, 20));
    client.write("and ");
    client.end("an answer");
    expect((await received(server)).toString()).toBe("and an answer");
    await closed(client, server);
  });
});
