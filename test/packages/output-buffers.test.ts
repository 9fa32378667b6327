import { describe, expect, it } from "vitest";
import { SECBUFFER_DATA, SECBUFFER_TOKEN } from "../../generated/sspi/constants.ts";
import { SEC_E_INSUFFICIENT_MEMORY, SEC_E_INTERNAL_ERROR, SEC_E_OK } from "../../generated/status/constants.ts";
import { type SecurityBuffer, securityBuffers } from "../../src/interface/security-buffers.ts";
import { copyOut, writeBytes } from "../../src/native/index.ts";
import { OutputBuffers } from "../../src/packages/host/output-buffers.ts";
import { keptMemory } from "../interface/kept-memory.ts";
import { stage } from "./lsa-functions.ts";
import { descriptorOf } from "./raw-calls.ts";

const maxToken = 16;

interface Call {
  /** The room of the caller's buffer; undefined for NULL. */
  readonly room?: number;
  readonly handsOver?: boolean;
  readonly failed?: boolean;
  readonly type?: number;
  /** What the package does to the buffer that it gets. */
  readonly work: (buffer: SecurityBuffer, all: ReturnType<typeof stage>["host"]) => void;
}

/** A leg's output after a package has worked on it. */
function outputOf({ room, handsOver = false, failed = false, type = SECBUFFER_TOKEN, work }: Call) {
  const { host, within } = stage();
  const memory = keptMemory();
  const output = descriptorOf(memory, [type, new Uint8Array(room ?? 0).fill(1)]);
  const first = (): SecurityBuffer => securityBuffers(output)[0] as SecurityBuffer;
  if (room === undefined) first().change({ pointer: 0n });
  const given = first().pointer;
  const buffers = within(() => new OutputBuffers(host, output, handsOver, maxToken));
  const lent = first();
  within(() => work(lent, host));
  const status = within(() => buffers.settle(failed));
  const { pointer, size } = first();
  const report = host.report();
  return {
    status,
    size,
    text: pointer === 0n ? undefined : Buffer.from(copyOut(pointer, size)).toString(),
    where: pointer === 0n ? "NULL" : pointer === given ? "the caller's" : pointer === lent.pointer ? "lent" : "another",
    held: report.held.map(({ heap, bytes }) => [heap, bytes]),
    misdeeds: report.misdeeds.map(({ kind, text: told }) => `${kind}: ${told.replace(/0x[0-9a-f]+/, "an address")}`),
  };
}

const write = (text: string) => (buffer: SecurityBuffer) => buffer.fill(Buffer.from(text));
/** The package puts an allocation of its own in place of the buffer, and claims that it has this many bytes. */
const allocate =
  (text: string, claimed = text.length): Call["work"] =>
  (buffer, { heap }) =>
    buffer.change({ pointer: heap.allocateBytes("LSA heap", Buffer.from(text)), size: claimed });
const foreign: Call["work"] = (buffer) =>
  buffer.change({ pointer: BigInt(keptMemory().bytes(Buffer.from("foreign")).address), size: 7 });
const nothing = { held: [], misdeeds: [] };
const unknown = "unknown-pointer: output at an address is of none of the host's heaps: copied and leaked";

describe("the caller's buffer for a leg's token", () => {
  const at = { status: SEC_E_OK, where: "the caller's", ...nothing };

  it("has what the package wrote, up to its whole room", () => {
    expect(outputOf({ room: 5, work: write("token") })).toEqual({ ...at, size: 5, text: "token" });
    expect(outputOf({ room: 8, work: write("token") })).toEqual({ ...at, size: 5, text: "token" });
    expect(outputOf({ room: 8, work: write("") })).toEqual({ ...at, size: 0, text: "" });
  });

  it("is unusable if the package claims one byte more than there is room for", () => {
    expect(outputOf({ room: 5, work: (buffer) => buffer.change({ size: 6 }) })).toEqual({
      ...at,
      status: SEC_E_INTERNAL_ERROR,
      size: 0,
      text: "",
      misdeeds: ["wrong-size: claims 6 bytes in an output buffer of 5"],
    });
  });

  it("is given back empty if the package sets it to NULL", () => {
    expect(outputOf({ room: 5, work: (buffer) => buffer.change({ pointer: 0n, size: 9 }) })).toEqual({
      ...at,
      size: 0,
      text: "",
    });
  });

  it("that is NULL may have any size", () => {
    expect(outputOf({ work: (buffer) => buffer.change({ size: 9 }) })).toMatchObject({
      status: SEC_E_OK,
      where: "NULL",
      size: 9,
      ...nothing,
    });
  });

  it("gets the content of the package's own allocation, which is released", () => {
    expect(outputOf({ room: 5, work: allocate("token") })).toEqual({ ...at, size: 5, text: "token" });
    expect(outputOf({ room: 5, work: allocate("token", 3) })).toEqual({ ...at, size: 3, text: "tok" });
    expect(outputOf({ room: 5, work: allocate("", 0) })).toEqual({ ...at, size: 0, text: "" });
  });

  it("is empty, and the leg has failed, if the package's own allocation is longer than its room", () => {
    expect(outputOf({ room: 4, work: allocate("token") })).toEqual({
      ...at,
      status: SEC_E_INTERNAL_ERROR,
      size: 0,
      text: "",
    });
  });

  it("is empty, and the leg has failed, if the package claims more than its own allocation has", () => {
    expect(outputOf({ room: 9, work: allocate("token", 6) })).toEqual({
      ...at,
      status: SEC_E_INTERNAL_ERROR,
      size: 0,
      text: "",
      misdeeds: ["wrong-size: claims 6 bytes in an allocation of 5"],
    });
  });

  it("gets what is of none of the host's heaps, which is recorded", () => {
    expect(outputOf({ room: 9, work: foreign })).toEqual({ ...at, size: 7, text: "foreign", misdeeds: [unknown] });
  });

  it("is used, too, if the caller asks for allocations but passes a buffer", () => {
    expect(outputOf({ room: 5, handsOver: true, work: write("token") })).toEqual({ ...at, size: 5, text: "token" });
  });
});

describe("a token that the host allocates for a caller", () => {
  const handsOver = true;
  const none = { status: SEC_E_OK, where: "NULL", size: 0, text: undefined, ...nothing };

  it("is the buffer that the package was lent, with what it wrote there", () => {
    const lent = { status: SEC_E_OK, where: "lent", held: [["client buffer", maxToken]], misdeeds: [] };
    expect(outputOf({ handsOver, work: write("token") })).toEqual({ ...lent, size: 5, text: "token" });
    const whole = "t".repeat(maxToken);
    expect(outputOf({ handsOver, work: write(whole) })).toEqual({ ...lent, size: maxToken, text: whole });
    expect(outputOf({ handsOver, failed: true, work: write("token") })).toEqual({ ...lent, size: 5, text: "token" });
  });

  it("is NULL, and nothing stays allocated, if the package wrote none", () => {
    expect(outputOf({ handsOver, work: write("") })).toEqual(none);
    expect(outputOf({ handsOver, work: (buffer) => buffer.change({ pointer: 0n }) })).toEqual(none);
    // A failed call leaves the size unchanged.
    expect(outputOf({ handsOver, failed: true, work: () => {} })).toEqual(none);
  });

  it("is NULL if the package claims more than it was lent", () => {
    expect(outputOf({ handsOver, work: (buffer) => buffer.change({ size: maxToken + 1 }) })).toEqual({
      ...none,
      status: SEC_E_INTERNAL_ERROR,
      misdeeds: ["wrong-size: claims 17 bytes in an output buffer of 16"],
    });
  });

  it("is the package's own allocation, and what it was lent is released", () => {
    expect(outputOf({ handsOver, work: allocate("token") })).toEqual({
      status: SEC_E_OK,
      where: "another",
      size: 5,
      text: "token",
      held: [["LSA heap", 5]],
      misdeeds: [],
    });
  });

  it("is NULL, and everything is released, if the package claims more than its own allocation has", () => {
    expect(outputOf({ handsOver, work: allocate("token", 6) })).toEqual({
      ...none,
      status: SEC_E_INTERNAL_ERROR,
      misdeeds: ["wrong-size: claims 6 bytes in an allocation of 5"],
    });
  });

  it("is a copy of what is of none of the host's heaps, or NULL where there is no memory for the copy", () => {
    expect(outputOf({ handsOver, work: foreign })).toEqual({
      status: SEC_E_OK,
      where: "another",
      size: 7,
      text: "foreign",
      held: [["client buffer", 7]],
      misdeeds: [unknown],
    });
    const work: Call["work"] = (buffer, host) => {
      foreign(buffer, host);
      host.heap.failAfter(0);
    };
    expect(outputOf({ handsOver, work })).toEqual({ ...none, status: SEC_E_INSUFFICIENT_MEMORY, misdeeds: [unknown] });
  });

  it("is allocated for TOKEN buffers only", () => {
    expect(
      outputOf({
        handsOver,
        type: SECBUFFER_DATA,
        work: ({ pointer, size }) => expect([pointer, size]).toEqual([0n, 0]),
      }),
    ).toEqual(none);
  });

  it("is a failure before the package is called if there is no memory for it", () => {
    const { host } = stage();
    const output = descriptorOf(keptMemory(), [SECBUFFER_TOKEN, new Uint8Array()]);
    securityBuffers(output)[0]?.change({ pointer: 0n });
    expect(new OutputBuffers(host, output, true, maxToken).status).toBe(SEC_E_OK);
    securityBuffers(output)[0]?.change({ pointer: 0n, size: 0 });
    host.heap.failAfter(0);
    const buffers = new OutputBuffers(host, output, true, maxToken);
    expect([buffers.status, buffers.settle(true)]).toEqual([SEC_E_INSUFFICIENT_MEMORY, SEC_E_INSUFFICIENT_MEMORY]);
    expect(securityBuffers(output)[0]).toMatchObject({ pointer: 0n, size: 0 });
  });
});

describe("several output buffers of a leg", () => {
  it("are settled each for itself, and a buffer that the package removed is left out", () => {
    const { host } = stage();
    const output = descriptorOf(
      keptMemory(),
      [SECBUFFER_TOKEN, new Uint8Array(8)],
      [SECBUFFER_DATA, new Uint8Array(8)],
    );
    const buffers = new OutputBuffers(host, output, false, maxToken);
    const [one, two] = securityBuffers(output) as [SecurityBuffer, SecurityBuffer];
    one.fill(Buffer.from("one"));
    two.change({ pointer: host.heap.allocateBytes("private heap", Buffer.from("two!")), size: 4 });
    expect(buffers.settle(false)).toBe(SEC_E_OK);
    expect(securityBuffers(output).map((buffer) => buffer.read().toString())).toEqual(["one", "two!"]);
    expect(host.report()).toMatchObject(nothing);
    // cBuffers
    writeBytes(output + 4, Uint8Array.of(1, 0, 0, 0));
    expect(buffers.settle(false)).toBe(SEC_E_OK);
  });
});
