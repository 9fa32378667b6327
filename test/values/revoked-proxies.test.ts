import { describe, expect, it } from "vitest";
import { CredsspStream } from "../../src/credssp.ts";
import { type Credential, capabilities, packages, SecureStream } from "../../src/index.ts";

const { proxy, revoke } = Proxy.revocable({}, {});
revoke();
const revoked = proxy as never;
const hiding = new Proxy(
  {},
  {
    getPrototypeOf: () => {
      throw new Error("mine");
    },
  },
) as never;
const credential = {} as Credential;

describe("a proxy that was revoked or hides its prototype", () => {
  it.each<[string, (value: never) => unknown, string]>([
    ["capabilities()", (value) => capabilities(value), "subject: expected a provider"],
    ["packages()", (value) => packages(value), "provider: expected a provider"],
    ["SecureStream.connect()", (value) => SecureStream.connect(value, credential), "transport: expected a Duplex"],
    ["SecureStream.accept()", (value) => SecureStream.accept(value, credential), "transport: expected a Duplex"],
    ["CredsspStream.connect()", (value) => CredsspStream.connect(value, {} as never), "transport: expected a Duplex"],
    ["CredsspStream.accept()", (value) => CredsspStream.accept(value, {} as never), "transport: expected a Duplex"],
  ])("B9 is refused by name: %s", async (_, call, expected) => {
    for (const value of [revoked, hiding])
      await expect((async () => call(value))()).rejects.toMatchObject({
        name: "TypeError",
        message: expect.stringMatching(new RegExp(`^${expected}.*, got an instance of Object$`)),
      });
  });
});
