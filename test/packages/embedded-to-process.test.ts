import { describe, expect, it } from "vitest";
import { runChild } from "../fixtures/child.ts";
import { nothingLive } from "../nothing-live.ts";
import { expectUnderstanding } from "./hosted.ts";
import { pskHost, shaken } from "./psk.ts";

const text = (message: string) => Buffer.from(message);

describe("an exported session of the embedded package", () => {
  it("continues in another process without any change for the client", { timeout: 60_000 }, () => {
    using pair = shaken({ clientHost: pskHost() });
    expectUnderstanding(pair.client, pair.server);
    const { packed } = pair.server.export({ resetNew: true, deleteOld: true });
    const sealed = pair.client.encrypt(text("to the worker"));
    const args = [packed.toString("base64"), sealed.toString("base64")];
    const { code, stdout, stderr } = runChild("import-psk-context.ts", { args });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { read, answer, live } = JSON.parse(stdout) as { read: string; answer: string; live: object };
    expect(read).toBe("to the worker");
    expect(pair.client.decrypt(Buffer.from(answer, "base64")).toString()).toBe("from the worker");
    expect(live).toEqual(nothingLive);
  });
});
