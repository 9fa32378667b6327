import { duplexPair } from "node:stream";
import { describe, expect, it } from "vitest";
import { decodeCredentials } from "../../src/credssp/ts-credentials.ts";
import { Credential, ServerContext } from "../../src/index.ts";
import { rootPem, rsaCertificate } from "../fixtures/tls-certificates.ts";
import { everything, freshTickets } from "../live/kerberos.ts";
import { gssapi } from "../live/kerberos-providers.ts";
import { turned } from "../live/turned-message.ts";
import { acceptByHand } from "./credssp-by-hand.ts";
import { doors } from "./credssp-doors.ts";
import { logons } from "./credssp-logons.ts";

const target = "TERMSRV/localhost";

const cases = doors.flatMap((door) =>
  logons
    .filter(({ kerberos }) => kerberos)
    .map((logon) => ({ door, logon, title: `${door.label} with ${logon.label}` })),
);

describe.each(cases)("a client by $title, and a server whose Kerberos is MIT's", ({ door, logon }) => {
  freshTickets();

  it.each([
    ["as MIT's gss_wrap leaves it", 0],
    ["as Windows turns it", 28],
    ["by a number of bytes of its own", 5],
  ])("D6: opens the server's proof of its key, rotated %s, and hands the password over", async (_, by) => {
    using credential = Credential.acquireSync({ package: "Kerberos", use: "inbound", provider: gssapi().provider });
    using context = new ServerContext(credential, { request: everything });
    const [near, far] = duplexPair();
    const accepting = acceptByHand(far, context, rsaCertificate, (sealed) => turned(sealed, by));
    const { innerProvider, alice: identity } = logon;
    const settings = { target, delegate: [target], inner: "Kerberos", innerProvider, identity, ca: rootPem };
    const [credentials, connected] = await Promise.all([accepting, door.connect(near, settings)]);
    const { user, domain, password } = decodeCredentials(credentials);
    expect({ user, domain, password: Buffer.from(password).toString("utf16le") }).toEqual(identity);
    await connected[Symbol.asyncDispose]();
  });
});
