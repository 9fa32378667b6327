import { ASC_REQ, ISC_REQ, SECBUFFER_EMPTY, SECBUFFER_TOKEN } from "../../../generated/sspi/constants.ts";
import {
  Certificate,
  ClientContext,
  Credential,
  type CredentialOptions,
  capabilities,
  importContext,
  packages,
  ServerContext,
  SspiError,
} from "../../../src/index.ts";
import { localhostCertificate, localhostKey } from "../../../test/fixtures/localhost-certificate.ts";
import type { Experiment, Seen } from "../experiment.ts";
import { type RawAnswer, RawSide } from "../raw-side.ts";
import { askedWhereRead, clientSide, meet, serverSide } from "../schannel-ends.ts";

const asked = ["Negotiate", "NTLM", "Kerberos"] as const;

function codeOf(error: unknown): string {
  return error instanceof SspiError ? `${error.operation}: ${error.code}` : (error as Error).name;
}

/** Logs the user of this process on to this process; returns each leg's status, the client's first. */
function logOn(name: string, empty: boolean): { readonly statuses: string[]; readonly last: RawAnswer | undefined } {
  const statuses: string[] = [];
  let last: RawAnswer | undefined;
  try {
    using client = new RawSide(
      Credential.acquireSync({ package: name, use: "outbound" }),
      ISC_REQ.confidentiality | ISC_REQ.integrity,
    );
    using server = new RawSide(
      Credential.acquireSync({ package: name, use: "inbound" }),
      ASC_REQ.confidentiality | ASC_REQ.integrity,
    );
    const sides = [client, server] as const;
    let token: Uint8Array | undefined;
    for (let leg = 0; leg < 8; leg += 1) {
      const side = sides[leg % 2] as RawSide;
      const input = token && [{ type: SECBUFFER_TOKEN, bytes: token }, ...(empty ? [{ type: SECBUFFER_EMPTY }] : [])];
      last = side.leg(input ? { input } : {});
      statuses.push(last.status);
      token = last.output[0]?.bytes;
      if (!last.status.startsWith("SEC_I_") || !token || token.length === 0) break;
    }
  } catch (error) {
    statuses.push(codeOf(error));
  }
  return { statuses, last };
}

/** Formats ticks with the UTC time that they mean. */
function ticks(value: bigint): string {
  const milliseconds = Number(value / 10_000n - 11_644_473_600_000n);
  const date = new Date(milliseconds);
  return `0x${value.toString(16)} ${Number.isNaN(date.getTime()) ? "beyond dates" : date.toISOString().slice(0, 16)}`;
}

async function negotiateExport(): Promise<Seen> {
  const seen: Record<string, string> = {};
  using inbound = await Credential.acquire({ package: "Negotiate", use: "inbound" });
  using outbound = await Credential.acquire({ package: "Negotiate", use: "outbound" });
  using client = new ClientContext(outbound, { request: ["confidentiality"] });
  using server = new ServerContext(inbound, { request: ["confidentiality"] });
  for (let leg = await client.step(), ours = false; leg.token && leg.token.length > 0; ours = !ours)
    leg = await (ours ? client.step(leg.token) : server.step(leg.token));
  const { packed } = server.export();
  for (const name of ["Negotiate", server.query("negotiationInfo").PackageInfo.Name]) {
    try {
      importContext({ package: name, packed: Buffer.from(packed) }).close();
      seen[name] = "imported";
    } catch (error) {
      seen[name] = codeOf(error);
    }
  }
  return seen;
}

/** Returns the status that a Negotiate server gives an NTLM client. */
async function ntlmAtNegotiate(more: Pick<CredentialOptions, "identity">): Promise<string> {
  try {
    using inbound = await Credential.acquire({ package: "Negotiate", use: "inbound", ...more });
    using outbound = await Credential.acquire({ package: "NTLM", use: "outbound" });
    using client = new ClientContext(outbound);
    using server = new ServerContext(inbound);
    const { token = Buffer.alloc(0) } = await client.step();
    return (await server.step(token)).code;
  } catch (error) {
    return codeOf(error);
  }
}

async function answered(question: () => Promise<Seen> | Seen): Promise<Seen> {
  try {
    return await question();
  } catch (error) {
    return { refused: codeOf(error) };
  }
}

function rsaFromPem(): Seen {
  using client = clientSide(["tls1.3"]);
  using server = serverSide(["tls1.3"], undefined, () => Certificate.fromPem(localhostCertificate, localhostKey));
  const ends = meet(client, server);
  return { client: ends.client.status, server: ends.server?.status ?? "nothing" };
}

export const credentials: Readonly<Record<string, Experiment>> = {
  "negotiate-import": {
    question: "Under which package's name does the export of a Negotiate server import?",
    expected: "Negotiate, or the package that was negotiated",
    run: () => answered(negotiateExport),
  },
  "negotiate-without-ntlm": {
    question: "Does Negotiate's server take the package list `!ntlm`, and refuse NTLM's first token then?",
    expected: "SEC_E_INVALID_TOKEN or another failure with the list, SEC_I_CONTINUE_NEEDED without it",
    run: async () => ({
      withList: await ntlmAtNegotiate({ identity: { packageList: "!ntlm" } }),
      withoutList: await ntlmAtNegotiate({}),
    }),
  },
  "expiry-ticks": {
    question: "Are expiry times local or UTC, and what is never? (The offset of the zone is in minutes.)",
    expected: "local times; never is 0x7fffff36d5969fff or 0x7fffffffffffffff",
    run: () => {
      const seen: Record<string, string | number> = { zone: -new Date().getTimezoneOffset() };
      for (const name of asked) {
        const { last, statuses } = logOn(name, true);
        seen[name] = last ? ticks(last.expiry) : (statuses.at(-1) ?? "nothing");
      }
      using server = serverSide(["tls1.2"]);
      seen["Schannel"] = ticks(server.step(Buffer.from("1603030000", "hex")).expiry);
      return seen;
    },
  },
  "empty-buffer": {
    question: "Does SECBUFFER_EMPTY beside the token change a leg of Negotiate, NTLM or Kerberos?",
    expected: "the same statuses with and without it",
    run: () =>
      Object.fromEntries(
        asked.flatMap((name) => [
          [`${name} with`, logOn(name, true).statuses],
          [`${name} without`, logOn(name, false).statuses],
        ]),
      ),
  },
  "rsa-from-pem": {
    question: "Does a key of RSA that fromPem imported serve TLS 1.3, which wants RSA-PSS?",
    expected: "SEC_E_OK",
    run: () => askedWhereRead(() => answered(rsaFromPem)),
  },
  "capabilities-delay": {
    question: "How long does capabilities() take, and what does each package answer for inbound credentials?",
    expected: "under a second, no prompt",
    run: () => {
      const begin = performance.now();
      const { packages: known } = capabilities();
      const seconds = Math.round((performance.now() - begin) / 1000);
      return { seconds, listed: packages().length, asked: Object.keys(known).length };
    },
  },
};
