import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { PeerNameError } from "../../src/index.ts";
import { needs } from "../lab/needs.ts";
import { noteProvider } from "../report/tested-on.ts";
import { ticketCopy } from "./kerberos.ts";
import { loggedOn } from "./traits/authentication.ts";
import { subjectsHere } from "./traits/subjects.ts";

const { subjects, close } = subjectsHere();
afterAll(close);

/** The server's own name, where the provider reports it to a client. */
const servers: Readonly<Record<string, string>> = {
  "GSSAPI (MIT)": "HTTP/localhost",
  "packages in this process": "house",
};

describe.each(subjects.flatMap((subject) => subject.packages.map((name) => ({ ...subject, name }))))(
  "peer() of a client of $name on $column",
  ({ provider, column, name }) => {
    needs("krb5kdc", ...(process.platform === "win32" ? (["winbindd"] as const) : []));
    ticketCopy();
    beforeEach(() => noteProvider(provider));

    it("B16 is the server, or nobody, and never the client's own user", () => {
      using sides = loggedOn({ package: name, provider });
      const server = servers[column];
      if (server === undefined) expect(() => sides.client.peer()).toThrow(PeerNameError);
      else expect(sides.client.peer().account).toBe(server);
      // The client's name as its server sees it, which peer() must not return.
      if (provider.traits.namesInboundPeer === "all") expect(sides.server.peer().account).toBe("alice");
    });
  },
);
