import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readToken68, writeToken68 } from "../../src/http/token68.ts";

describe("token68", () => {
  it("reads back the bytes that were written", () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const [scheme, text] = writeToken68("Negotiate", bytes).split(" ");
        expect(scheme).toBe("Negotiate");
        expect(readToken68(text as string)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it.each(["YII", "YI=I", "YJJ=", "YII=\n", "YII-", "Y I=", "YII==", "===="])(
    "refuses %j, which Buffer.from() takes",
    (text) => {
      expect(readToken68(text)).toBeUndefined();
    },
  );
});
