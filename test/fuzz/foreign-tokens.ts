import { encoded } from "./mutations/index.ts";

const hex = (text: string): Buffer => Buffer.from(text, "hex");
const kerberos = hex("06092a864886f712010202");
const userToUser = hex("060a2a864886f71201020203");
const ntlmOid = hex("060a2b06010401823702020a");
const spnego = hex("06062b0601050502");
const general = (text: string): Buffer => encoded(0x1b, Buffer.from(text));
const integer = (value: number): Buffer => encoded(0x02, Buffer.of(value));
/** A field of Kerberos' structures: explicitly tagged. */
const tagged = (number: number, ...content: readonly Buffer[]): Buffer => encoded(0xa0 + number, ...content);
const sequence = (...content: readonly Buffer[]): Buffer => encoded(0x30, ...content);

const realm = general("EXAMPLE.TEST");
const service = sequence(tagged(0, integer(3)), tagged(1, sequence(general("HTTP"), general("localhost"))));
const time = encoded(0x18, Buffer.from("20260101000000Z"));
const cipher = (bytes: number): Buffer =>
  sequence(tagged(0, integer(18)), tagged(1, integer(1)), tagged(2, encoded(0x04, Buffer.alloc(bytes, 0x5a))));

/** RFC 4120, 5.9.1, with a PA-DATA list for a text of its own. */
const error = encoded(
  0x7e,
  sequence(
    tagged(0, integer(5)),
    tagged(1, integer(30)),
    tagged(4, time),
    tagged(5, integer(1)),
    tagged(6, integer(41)),
    tagged(7, realm),
    tagged(8, service),
    tagged(9, realm),
    tagged(10, service),
    tagged(11, general("no")),
    tagged(12, encoded(0x04, sequence(sequence(tagged(1, integer(3)), tagged(2, encoded(0x04, Buffer.alloc(12))))))),
  ),
);
/** RFC 4120, 5.5.1 and 5.5.2, with nothing behind the ciphers. */
const ticket = encoded(
  0x61,
  sequence(tagged(0, integer(5)), tagged(1, realm), tagged(2, service), tagged(3, cipher(200))),
);
const request = encoded(
  0x6e,
  sequence(
    tagged(0, integer(5)),
    tagged(1, integer(14)),
    tagged(2, encoded(0x03, hex("0020000000"))),
    tagged(3, ticket),
    tagged(4, cipher(120)),
  ),
);
const reply = encoded(0x6f, sequence(tagged(0, integer(5)), tagged(1, integer(15)), tagged(2, cipher(60))));
/** draft-ietf-cat-user2user: a request for the server's ticket-granting ticket, and the answer. */
const ticketRequest = sequence(tagged(0, integer(5)), tagged(1, integer(16)), tagged(2, service), tagged(3, realm));
/** An error for a client that mistyped the service's name. */
const mistypedRequest = sequence(
  tagged(0, integer(5)),
  tagged(1, integer(16)),
  tagged(2, sequence(tagged(0, integer(3)), tagged(1, sequence(general("HTTP"), general("localhost:8080"))))),
);
const ticketReply = sequence(tagged(0, integer(5)), tagged(1, integer(17)), tagged(2, ticket));

const framed = (mechanism: Buffer, id: string, content: Buffer): Buffer => encoded(0x60, mechanism, hex(id), content);
/** RFC 4178, 4.2.1. */
const first = (mechanisms: readonly Buffer[], token: Buffer): Buffer =>
  encoded(0x60, spnego, tagged(0, sequence(tagged(0, sequence(...mechanisms)), tagged(2, encoded(0x04, token)))));
/** RFC 4178, 4.2.2. */
const response = (state: number, mechanism: Buffer, token: Buffer): Buffer =>
  tagged(
    1,
    sequence(
      tagged(0, encoded(0x0a, Buffer.of(state))),
      tagged(1, mechanism),
      tagged(2, encoded(0x04, token)),
      tagged(3, encoded(0x04, Buffer.alloc(28, 0x5a))),
    ),
  );

/** NTLM's messages (MS-NLMP 2.2.1), with all their optional parts. */
const negotiate = hex("4e544c4d5353500001000000b78208e2000000000000000000000000000000000a0061580000000f");
const pairs = hex("020006004500580054000100060045005800540007000800000000000000000000000000");
const challenge = Buffer.concat([
  hex("4e544c4d53535000020000000600060038000000358289e20123456789abcdef0000000000000000"),
  Buffer.of(pairs.length, 0, pairs.length, 0, 0x3e, 0, 0, 0),
  hex("0a0061580000000f450058005400"),
  pairs,
]);

function authenticate(): Buffer {
  const response_ = Buffer.concat([Buffer.alloc(16, 0x5a), hex("0101000000000000"), Buffer.alloc(20, 0x5a), pairs]);
  const payloads = [Buffer.alloc(24), response_, Buffer.from("EXAMPLE", "utf16le"), Buffer.from("alice", "utf16le")];
  payloads.push(Buffer.from("HOST", "utf16le"), Buffer.alloc(16, 0x5a));
  const head = Buffer.alloc(88);
  head.write("NTLMSSP\0", "latin1");
  head.writeUInt32LE(3, 8);
  let at = head.length;
  payloads.forEach((payload, index) => {
    head.writeUInt16LE(payload.length, 12 + index * 8);
    head.writeUInt16LE(payload.length, 14 + index * 8);
    head.writeUInt32LE(at, 16 + index * 8);
    at += payload.length;
  });
  hex("358288e20a0061580000000f").copy(head, 60);
  return Buffer.concat([head, ...payloads]);
}

const all = [kerberos, userToUser, ntlmOid];

/** Messages of another exchange, for a server: each raw and in each wrapping. */
export const forServers: Readonly<Record<string, Buffer>> = {
  "TGT-REQ": framed(userToUser, "0400", ticketRequest),
  "TGT-REQ of Kerberos": framed(kerberos, "0400", ticketRequest),
  "TGT-REQ in SPNEGO": first(all, framed(userToUser, "0400", ticketRequest)),
  "TGT-REQ, mistyped": framed(userToUser, "0400", mistypedRequest),
  "TGT-REQ, mistyped, in SPNEGO": first(all, framed(userToUser, "0400", mistypedRequest)),
  "AP-REQ": framed(kerberos, "0100", request),
  "AP-REQ without frame": request,
  "AP-REQ in SPNEGO": first(all, framed(kerberos, "0100", request)),
  "AP-REQ without frame in SPNEGO": first(all, request),
  "KRB-ERROR": framed(kerberos, "0300", error),
  "KRB-ERROR without frame": error,
  "KRB-ERROR in SPNEGO": first(all, framed(kerberos, "0300", error)),
  "NTLM NEGOTIATE": negotiate,
  "NTLM NEGOTIATE in SPNEGO": first([ntlmOid], negotiate),
  "NTLM AUTHENTICATE": authenticate(),
  "NTLM AUTHENTICATE in SPNEGO": first([ntlmOid, kerberos], authenticate()),
  "NTLM AUTHENTICATE in a response": response(1, ntlmOid, authenticate()),
  "SPNEGO in SPNEGO": first([spnego], first(all, negotiate)),
};

/** Messages of another exchange, for a client. */
export const forClients: Readonly<Record<string, Buffer>> = {
  "TGT-REP": framed(userToUser, "0401", ticketReply),
  "TGT-REP in SPNEGO": response(1, userToUser, framed(userToUser, "0401", ticketReply)),
  "AP-REP": framed(kerberos, "0200", reply),
  "AP-REP without frame": reply,
  "AP-REP in SPNEGO": response(0, kerberos, framed(kerberos, "0200", reply)),
  "KRB-ERROR": framed(kerberos, "0300", error),
  "KRB-ERROR without frame": error,
  "KRB-ERROR in SPNEGO": response(2, kerberos, framed(kerberos, "0300", error)),
  "NTLM CHALLENGE": challenge,
  "NTLM CHALLENGE in SPNEGO": response(1, ntlmOid, challenge),
  "another mechanism in SPNEGO": response(3, ntlmOid, Buffer.alloc(0)),
};
