import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import { bindingOf, subjectPublicKey } from "../../src/credssp/public-key-binding.ts";

const key = Buffer.from("ff00", "hex");
const nonce = Buffer.alloc(32, 7);

/** The content of a BIT STRING, computed with node:crypto. */
const contents: readonly (readonly [string, () => KeyObject, (key: KeyObject) => Buffer])[] = [
  ...[2048, 4096].map((modulusLength) => {
    const make = () => generateKeyPairSync("rsa", { modulusLength }).publicKey;
    return [`RSA ${modulusLength}`, make, (of: KeyObject) => of.export({ type: "pkcs1", format: "der" })] as const;
  }),
  ...["P-256", "P-384"].map((namedCurve) => {
    const make = () => generateKeyPairSync("ec", { namedCurve }).publicKey;
    const point = (of: KeyObject): Buffer => {
      const { x = "", y = "" } = of.export({ format: "jwk" });
      return Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
    };
    return [namedCurve, make, point] as const;
  }),
  [
    "Ed25519",
    () => generateKeyPairSync("ed25519").publicKey,
    (of) => Buffer.from(of.export({ format: "jwk" }).x as string, "base64url"),
  ],
];

describe("the server's key", () => {
  it.each(contents)("N6: is the content of the BIT STRING, for %s", { timeout: 60_000 }, (_, make, content) => {
    const made = make();
    expect(subjectPublicKey(made).equals(content(made))).toBe(true);
    const again = createPublicKey({ key: made.export({ type: "spki", format: "der" }), format: "der", type: "spki" });
    expect(subjectPublicKey(again).equals(subjectPublicKey(made))).toBe(true);
  });
});

describe("what a side seals of the server's key", () => {
  it("is a hash with the nonce from version 5 on, another for each side", () => {
    const hash = (label: string) => createHash("sha256").update(`${label}\0`).update(nonce).update(key).digest();
    expect(bindingOf({ side: "client", version: 5, key, nonce })).toEqual(
      hash("CredSSP Client-To-Server Binding Hash"),
    );
    expect(bindingOf({ side: "server", version: 6, key, nonce })).toEqual(
      hash("CredSSP Server-To-Client Binding Hash"),
    );
  });

  it("is the key before that, and the key plus one from the server", () => {
    for (const version of [2, 3, 4]) {
      expect(bindingOf({ side: "client", version, key, nonce: undefined }).toString("hex")).toBe("ff00");
      expect(bindingOf({ side: "server", version, key, nonce: undefined }).toString("hex")).toBe("0001");
    }
    expect(key.toString("hex")).toBe("ff00");
  });

  it("N4: is refused without a nonce of 32 bytes", () => {
    for (const bad of [undefined, Buffer.alloc(31), Buffer.alloc(33)])
      expect(() => bindingOf({ side: "client", version: 5, key, nonce: bad })).toThrow("a nonce of 32 bytes");
  });
});
