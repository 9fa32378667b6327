import { expect, it } from "vitest";
import { runChild } from "../fixtures/child.ts";
import { expectUnderstanding, handshake, hosted } from "./hosted.ts";

it("EXP-01: an exported context continues in another process, and the peer reads what that process encrypts", () => {
  const { provider } = hosted();
  using pair = handshake(provider);
  expectUnderstanding(pair.client, pair.server);
  const { packed } = pair.server.export({ deleteOld: true });
  const sealed = pair.client.encrypt(Buffer.from("to the worker"));
  const args = [packed.toString("base64"), sealed.toString("base64")];
  const { code, stdout, stderr } = runChild("import-context.ts", { args });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { read, answer } = JSON.parse(stdout) as { read: string; answer: string };
  expect(read).toBe("to the worker");
  expect(pair.client.decrypt(Buffer.from(answer, "base64")).toString()).toBe("from the worker");
}, 60_000);
