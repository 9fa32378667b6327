/** `NTLMSSP_NEGOTIATE_VERSION`: the message has 8 additional bytes before its payload. */
const withVersion = 0x0200_0000;
const versionSize = 8;
const micSize = 16;
/** The offset of the payload in an AUTHENTICATE_MESSAGE that has both a version and a MIC. */
const longestHead = 88;
/** The size of an NTLMv1 response; a longer response is an NTLMv2 response with a list of AV_PAIRs. */
const ntlmV1Response = 24;
/** The size of an NTLMv2_RESPONSE before its AV_PAIRs: the proof and the head of NTLMv2_CLIENT_CHALLENGE. */
const responseHead = 44;
const avEnd = 0;
const avFlags = 6;
const avFlagMic = 2;

/** The fields of the three messages. */
export type NtlmField =
  | "domain"
  | "workstation"
  | "targetName"
  | "targetInfo"
  | "lmResponse"
  | "ntResponse"
  | "user"
  | "sessionKey";

/**
 * The layout of a message of one `MessageType`: the size before the version, and the offsets of its flags and fields.
 */
interface Head {
  readonly size: number;
  readonly flags: number;
  readonly fields: readonly number[];
  readonly names: readonly NtlmField[];
}

const heads: readonly (Head | undefined)[] = [
  undefined,
  { size: 32, flags: 12, fields: [16, 24], names: ["domain", "workstation"] },
  { size: 48, flags: 20, fields: [12, 40], names: ["targetName", "targetInfo"] },
  {
    size: 64,
    flags: 60,
    fields: [12, 20, 28, 36, 44, 52],
    names: ["lmResponse", "ntResponse", "domain", "user", "workstation", "sessionKey"],
  },
];
const negotiate = 1;
const authenticate = 3;
const responseField = 20;
const domainField = 28;
const userField = 36;
const keyField = 52;

/**
 * Says what is wrong with an NTLM message, undefined if nothing is: every non-empty field has to begin after the head
 * and end within the message, and the client's names contain no NUL. WinPR copies an AUTHENTICATE_MESSAGE up to the end
 * of its session key, and clears the MIC in the copy; a key inside the head makes the copy shorter than that.
 *
 * @see MS-NLMP 2.2.1 https://learn.microsoft.com/openspecs/windows_protocols/ms-nlmp/907f519d-6217-45b1-b421-dca10fc8af0d
 */
export function flawOfNtlm(message: Buffer): string | undefined {
  if (message.length < 16) return `an NTLM message has ${message.length} bytes`;
  const type = message.readUInt32LE(8);
  const head = heads[type];
  if (!head) return `an NTLM message has the type ${type}`;
  // A NEGOTIATE_MESSAGE may end after its flags.
  if (type === negotiate && message.length < head.size) return undefined;
  if (message.length < head.size) return `an NTLM message of type ${type} has ${message.length} bytes`;
  const version = message.readUInt32LE(head.flags) & withVersion ? versionSize : 0;
  const mic = type === authenticate && hasMic(message) ? micSize : 0;
  const start = head.size + version + mic;
  for (const at of head.fields) {
    const size = message.readUInt16LE(at);
    if (size === 0) continue;
    const offset = message.readUInt32LE(at + 4);
    const least = type === authenticate && at === keyField ? longestHead : start;
    if (offset < least || offset + size > message.length)
      return `a field of an NTLM message of type ${type} lies at ${offset}, ${size} bytes, of ${message.length}`;
    if (type === authenticate && (at === domainField || at === userField) && endsEarly(message, offset, size))
      return "a name in an NTLM message contains NUL characters";
  }
  return undefined;
}

/** Whether a name in UTF-16 contains a NUL: WinPR looks up the whole name, and reports the part before the NUL. */
function endsEarly(message: Buffer, offset: number, size: number): boolean {
  for (let at = offset; at + 2 <= offset + size; at += 2) if (message.readUInt16LE(at) === 0) return true;
  return false;
}

/** Whether the NTLMv2 response says that the message has a MIC. If its list has no proper end, a MIC is assumed. */
function hasMic(message: Buffer): boolean {
  const size = message.readUInt16LE(responseField);
  if (size <= ntlmV1Response) return false;
  const offset = message.readUInt32LE(responseField + 4);
  const end = Math.min(offset + size, message.length);
  for (let pair = pairAt(message, offset + responseHead, end); pair; pair = pairAt(message, pair.end, end)) {
    if (pair.id === avEnd) return false;
    if (pair.id === avFlags && pair.start + 4 <= end) return (message.readUInt32LE(pair.start) & avFlagMic) !== 0;
  }
  return true;
}

interface PairPlace {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** Reads the AV_PAIR at a position; its value may end after `end`. */
function pairAt(bytes: Buffer, at: number, end: number): PairPlace | undefined {
  if (at + 4 > end) return undefined;
  const start = at + 4;
  return { id: bytes.readUInt16LE(at), start, end: start + bytes.readUInt16LE(at + 2) };
}

/** The parts of an NTLM message, for explanations: views of its bytes, which may be secret. */
export interface NtlmMessage {
  readonly type: number;
  /** `NegotiateFlags`; undefined where the message ends before them. */
  readonly flags: number | undefined;
  /** The fields that are completely inside the message. */
  readonly fields: ReadonlyMap<NtlmField, Buffer>;
  /** The AV_PAIRs of a challenge or of an NTLMv2 response, by `AvId` (MS-NLMP 2.2.2.1). */
  readonly pairs: ReadonlyMap<number, Buffer>;
  readonly hasMic: boolean;
}

/** Reads the parts of a message that begins with the signature; undefined for an unknown message type. */
export function readNtlm(message: Buffer): NtlmMessage | undefined {
  const type = message.length < 12 ? 0 : message.readUInt32LE(8);
  const head = heads[type];
  if (!head) return undefined;
  const flags = message.length < head.flags + 4 ? undefined : message.readUInt32LE(head.flags);
  const fields = new Map<NtlmField, Buffer>();
  for (const [index, at] of head.fields.entries()) {
    if (at + 8 > message.length) continue;
    const [size, offset] = [message.readUInt16LE(at), message.readUInt32LE(at + 4)];
    if (offset + size <= message.length)
      fields.set(head.names[index] as NtlmField, message.subarray(offset, offset + size));
  }
  const isWhole = message.length >= head.size;
  return { type, flags, fields, pairs: pairsOf(fields), hasMic: type === authenticate && isWhole && hasMic(message) };
}

function pairsOf(fields: NtlmMessage["fields"]): Map<number, Buffer> {
  // A response of NTLMv1 is shorter than the head, so that its list is empty.
  const list = fields.get("targetInfo") ?? fields.get("ntResponse")?.subarray(responseHead) ?? Buffer.alloc(0);
  const pairs = new Map<number, Buffer>();
  for (let pair = pairAt(list, 0, list.length); pair && pair.id !== avEnd; pair = pairAt(list, pair.end, list.length))
    if (pair.end <= list.length) pairs.set(pair.id, list.subarray(pair.start, pair.end));
  return pairs;
}
