import { duplexPair } from "node:stream";
import { describe, expect, it } from "vitest";
import { CredsspStream } from "../../src/credssp.ts";
import { live } from "../../src/index.ts";
import { ecCertificate, rootPem } from "../fixtures/tls-certificates.ts";
import { logons } from "../interop/credssp-logons.ts";

const target = "TERMSRV/localhost";
const identity = { user: "alice", domain: "", password: "userpw" };

describe.each(logons.filter(({ kerberos }) => !kerberos))("CredsspStream with $label", (logon) => {
  const { inner, innerProvider, server } = logon;
  const shared = { inner, innerProvider };

  /** Both sides of one handshake, a message each way, and its end. */
  async function handshake(): Promise<string> {
    const [near, far] = duplexPair();
    const accepting = CredsspStream.accept(far, { ...shared, ...server, certificate: ecCertificate });
    const connecting = CredsspStream.connect(near, { ...shared, target, identity, delegate: [target], ca: rootPem });
    await using one = await connecting;
    await using other = await accepting;
    one.write("hello");
    for await (const word of other) return `${other.peer.name} says ${word}`;
    return "nothing";
  }

  it("logs alice on 1,000 times, one after another, and leaves nothing behind", async () => {
    for (let count = 0; count < 1000; count += 1) expect(await handshake()).toBe("alice says hello");
    expect(live().contexts).toBe(0);
  });

  it("logs her on 50 times at once, and leaves nothing behind", async () => {
    const said = await Promise.all(Array.from({ length: 50 }, handshake));
    expect(said).toEqual(Array.from({ length: 50 }, () => "alice says hello"));
    expect(live().contexts).toBe(0);
  });
});
