import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { createServer, type Server } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ClientContext, Credential, type Leg } from "../../src/index.ts";
import { makeCertificate } from "./made-certificate.ts";

const changeCipherSpec = 20;
const serverHelloDone = Buffer.from([14, 0, 0, 0]);

let server: Server;
beforeAll(async () => {
  // The smallest certificate makes the shortest flight.
  const { key, certificate: cert } = await makeCertificate("localhost", "ec");
  server = createServer({ key, cert, maxVersion: "TLSv1.2" }).on("tlsClientError", () => {});
  server.on("secureConnection", (socket) => socket.on("error", () => {}));
  await once(server.listen(0, "127.0.0.1"), "listening");
});
afterAll(() => void server.close());

/** The offsets at which a flight's records end. */
function recordEnds(flight: Buffer): number[] {
  const ends: number[] = [];
  for (let at = 0; at + 5 <= flight.length; ) {
    at += 5 + flight.readUInt16BE(at + 3);
    ends.push(at);
  }
  return ends;
}

/** Reads a whole flight: up to ServerHelloDone, or up to the record after a ChangeCipherSpec. */
async function flightOf(socket: Socket): Promise<Buffer> {
  for (let flight = Buffer.alloc(0); ; ) {
    const part = socket.read() as Buffer | null;
    if (!part) {
      await once(socket, "readable");
      continue;
    }
    flight = Buffer.concat([flight, part]);
    const ends = recordEnds(flight);
    if (ends.at(-1) !== flight.length) continue;
    const change = ends.findIndex((_, index) => flight[ends[index - 1] ?? 0] === changeCipherSpec);
    if (flight.subarray(-4).equals(serverHelloDone) || (change >= 0 && change < ends.length - 1)) return flight;
  }
}

/** The expected leg for the first `cut` bytes of a flight. */
function expectation(flight: Buffer, cut: number): object {
  const ends = recordEnds(flight);
  const whole = ends.filter((end) => end <= cut).at(-1) ?? 0;
  const rest = cut - whole;
  const end = ends.find((found) => found > cut) as number;
  if (whole > 0) return { status: "continue", ...(rest > 0 && { extra: flight.subarray(whole, cut) }) };
  return { status: "incomplete-message", missing: rest < 5 ? 5 - rest : end - cut };
}

function leftOver(flight: Buffer, cut: number): number {
  const whole = recordEnds(flight).findLast((end) => end <= cut);
  return whole === undefined ? 0 : cut - whole;
}

/** Feeds a flight in two pieces. */
async function feed(client: ClientContext, flight: Buffer, cut: number): Promise<Leg> {
  const first = await client.step(flight.subarray(0, cut));
  expect(first, `${cut} of ${flight.length} bytes`).toMatchObject(expectation(flight, cut));
  const { extra } = first;
  // No bytes are left over at the end of a record, or if no record is complete.
  expect(extra?.length ?? 0, `${cut} of ${flight.length} bytes`).toBe(leftOver(flight, cut));
  // The extra bytes are fed again; the bytes that the context kept are not.
  return await client.step(Buffer.concat([extra ?? Buffer.alloc(0), flight.subarray(cut)]));
}

/** Runs a handshake with both server flights in two pieces, and returns the flights' lengths. */
async function split(cuts: readonly [number, number]): Promise<readonly number[]> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1").setNoDelay(true);
  using credential = Credential.acquireSync({ package: "Schannel", use: "outbound" });
  using client = new ClientContext(credential, { target: "localhost", request: ["stream", "confidentiality"] });
  try {
    socket.write((await client.step()).token as Buffer);
    const lengths: number[] = [];
    for (const cut of cuts) {
      const flight = await flightOf(socket);
      lengths.push(flight.length);
      const leg = await feed(client, flight, 1 + (cut % (flight.length - 1)));
      if (leg.status !== "complete") socket.write(leg.token as Buffer);
    }
    expect(client.complete).toBe(true);
    return lengths;
  } finally {
    socket.destroy();
  }
}

describe("a handshake whose server flights arrive in pieces", () => {
  it("ISC-11, ISC-12: completes wherever a flight is cut in two; each leg reports missing bytes and returns extra bytes", async () => {
    const [first = 0, second = 0] = await split([0, 0]);
    expect(first).toBeGreaterThan(300);
    expect(second).toBeGreaterThan(40);
    // Signatures make the first flight a few bytes longer or shorter each time.
    for (let cut = 1; cut < first + 8; cut += 1) await split([cut, cut]);
  }, 120_000);

  it("ISC-11: completes when every byte arrives alone", async () => {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1").setNoDelay(true);
    using credential = Credential.acquireSync({ package: "Schannel", use: "outbound" });
    using client = new ClientContext(credential, { target: "localhost", request: ["stream", "confidentiality"] });
    socket.write((await client.step()).token as Buffer);
    for (const _ of ["hello", "finished"]) {
      const flight = await flightOf(socket);
      const ends = new Set(recordEnds(flight));
      for (let at = 0; at < flight.length; at += 1) {
        const leg = client.stepSync(flight.subarray(at, at + 1));
        expect(leg.status === "incomplete-message", `byte ${at}`).toBe(!ends.has(at + 1));
        expect("extra" in leg).toBe(false);
        if (leg.status === "continue" && leg.token.length > 0) socket.write(leg.token);
      }
    }
    expect(client.complete).toBe(true);
    socket.destroy();
  });
});
