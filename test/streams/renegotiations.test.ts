import { describe, expect, it } from "vitest";
import { Renegotiations } from "../../src/streams/renegotiations.ts";

const [handshake, applicationData] = [22, 23];
const tooOften = "the peer asked for new handshakes too often";

describe("F13 the limit of renegotiations and other requests of a peer", () => {
  it.each([
    ["new handshakes", handshake, 3],
    ["tickets and keys of TLS 1.3", applicationData, 100],
  ])("counts %s and restarts the count after ten minutes", (_, type, most) => {
    const counted = new Renegotiations();
    const start = 5_000_000;
    for (let count = 0; count < most; count += 1) counted.count(type, start + count);
    expect(() => counted.count(type, start + 599_999)).toThrow(tooOften);
    for (let count = 0; count < most; count += 1) counted.count(type, start + 600_000);
    expect(() => counted.count(type, start + 600_001)).toThrow(tooOften);
  });

  it("counts per kind: TLS 1.3 key updates do not count as handshakes", () => {
    const counted = new Renegotiations();
    for (let count = 0; count < 100; count += 1) counted.count(applicationData);
    for (let count = 0; count < 3; count += 1) counted.count(undefined);
    expect(() => counted.count(undefined)).toThrow(tooOften);
  });
});
