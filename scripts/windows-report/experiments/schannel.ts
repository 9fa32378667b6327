import {
  ISC_REQ,
  SECBUFFER_ALERT,
  SECBUFFER_EMPTY,
  SECBUFFER_TOKEN,
  SECPKG_ATTR_SIZES,
  SECPKG_ATTR_STREAM_SIZES,
} from "../../../generated/sspi/constants.ts";
import { type Experiment, recordHeader, type Seen } from "../experiment.ts";
import { type RawAnswer, tokenRoom } from "../raw-side.ts";
import { askedWhereRead, clientSide, greet, meet, nodeServer, serverSide } from "../schannel-ends.ts";

/** SCHANNEL_SHUTDOWN in the form that ApplyControlToken takes. */
const shutdown = Buffer.from(Uint32Array.of(1).buffer);

function sizes(answer: RawAnswer): string {
  return answer.output.map(({ type, size }) => `${type}:${size === tokenRoom ? "untouched" : size}`).join(" ");
}

async function failingServer(buffers: readonly number[], extendedError: boolean): Promise<string> {
  using client = clientSide(["tls1.3"]);
  using server = serverSide(["tls1.2"], extendedError ? undefined : 0);
  const hello = client.leg({}).output[0];
  if (!hello || hello.size === 0 || hello.size === tokenRoom) return "the client said nothing";
  const answer = server.leg({
    input: [{ type: SECBUFFER_TOKEN, bytes: hello.bytes }, { type: SECBUFFER_EMPTY }],
    output: buffers.map((type) => ({ type, room: tokenRoom })),
  });
  return `${answer.status} ${sizes(answer)}`;
}

async function tls12(flags?: number): Promise<Seen> {
  using connection = await nodeServer({ maxVersion: "TLSv1.2" });
  using side = clientSide(["tls1.2"], flags);
  const { last, statuses } = await greet(side, connection.socket);
  return {
    handshake: statuses,
    attributes: `0x${last.attributes.toString(16)}`,
    lastToken: sizes(last),
    sizes: side.asked(SECPKG_ATTR_SIZES),
    streamSizes: side.asked(SECPKG_ATTR_STREAM_SIZES),
  };
}

export const schannel: Readonly<Record<string, Experiment>> = {
  "schannel-token-room": {
    question: "What is cbBuffer of a token that the caller allocated, in answers without a token?",
    expected: "0, or the room's size where the package does not touch it",
    run: async () => {
      using connection = await nodeServer({ maxVersion: "TLSv1.2" });
      using side = clientSide(["tls1.2"]);
      const { last, statuses } = await greet(side, connection.socket);
      const control = side.control(shutdown);
      const bye = side.leg({});
      using partial = clientSide(["tls1.2"]);
      partial.leg({});
      return {
        handshake: statuses,
        complete: sizes(last),
        incompleteMessage: sizes(partial.step(Buffer.from("160303", "hex"))),
        shutdown: `${control} ${bye.status} ${sizes(bye)} ${recordHeader(bye.output[0]?.bytes ?? new Uint8Array())}`,
      };
    },
  },
  "schannel-failing-server": {
    question: "Which buffer has the alert where a server refuses the client's versions?",
    expected: "SECBUFFER_ALERT where it is given, else SECBUFFER_TOKEN with extendedError",
    run: () =>
      askedWhereRead(async () => ({
        token: await failingServer([SECBUFFER_TOKEN], false),
        tokenExtended: await failingServer([SECBUFFER_TOKEN], true),
        tokenAndAlert: await failingServer([SECBUFFER_TOKEN, SECBUFFER_ALERT], false),
        tokenAndAlertExtended: await failingServer([SECBUFFER_TOKEN, SECBUFFER_ALERT], true),
      })),
  },
  "schannel-sizes": {
    question: "Does Schannel answer SECPKG_ATTR_SIZES, and what is granted without `stream`?",
    expected: "SEC_E_UNSUPPORTED_FUNCTION for sizes; stream sizes are answered",
    run: async () => {
      const [stream, plain] = [await tls12(), await tls12(ISC_REQ.confidentiality)];
      return { stream: Object.values(stream).map(String), withoutStream: Object.values(plain).map(String) };
    },
  },
  "schannel-server-attributes": {
    question: "Which attributes does a server's context grant?",
    expected: "confidentiality and stream (0x8010)",
    run: () => {
      using client = clientSide(["tls1.2"]);
      using server = serverSide(["tls1.2"]);
      const ends = meet(client, server);
      return {
        client: `${ends.client.status} 0x${ends.client.attributes.toString(16)}`,
        server: ends.server ? `${ends.server.status} 0x${ends.server.attributes.toString(16)}` : null,
      };
    },
  },
  "schannel-data-after-close": {
    question: "What does DecryptMessage answer after our own close_notify?",
    expected: "data, SEC_I_CONTEXT_EXPIRED after the peer's close_notify",
    run: async () => {
      using connection = await nodeServer({ maxVersion: "TLSv1.2" });
      using side = clientSide(["tls1.2"]);
      const { statuses } = await greet(side, connection.socket);
      side.control(shutdown);
      const bye = side.leg({});
      const answers: string[] = [];
      connection.socket.on("data", (bytes) => answers.push(side.decrypt(1, bytes).status));
      (await connection.served).end("said after your close");
      await new Promise((resolve) => setTimeout(resolve, 500));
      return { handshake: statuses, bye: bye.status, answers };
    },
  },
};
