/** A hash has either no digits or this many. */
const hashDigits = 32;

/** A user of WinPR's NTLM server: a line of the SAM file, without its hashes, which are as good as a password. */
export interface SamLine {
  /** The bytes of the name, one character each: names are compared like that. */
  readonly user: string;
  /** The bytes of the domain's name, one character each. */
  readonly domain: string;
  /**
   * Whether the line has the NT hash of a password. WinPR reads a missing one, and one that is no hexadecimal number, as
   * 16 zero bytes, with which everybody can log on.
   */
  readonly hasHash: boolean;
}

/** Reads lines up to the first that WinPR cannot read: it looks no further. The hashes never become strings. */
export function parseSam(bytes: Buffer): SamLine[] {
  const lines: SamLine[] = [];
  const end = bytes.indexOf(0);
  const text = end < 0 ? bytes : bytes.subarray(0, end);
  for (let at = 0, next = 0; at < text.length; at = next + 1) {
    const newline = text.indexOf(0x0a, at);
    next = newline < 0 ? text.length : newline;
    // WinPR skips comments, and lines of one character such as a carriage return.
    if (next - at < 2 || text[at] === 0x23) continue;
    const line = readLine(text.subarray(at, next));
    if (!line) break;
    lines.push(line);
  }
  return lines;
}

function readLine(line: Buffer): SamLine | undefined {
  const parts: Buffer[] = [];
  for (let at = 0, colon = line.indexOf(0x3a); colon >= 0; colon = line.indexOf(0x3a, at)) {
    parts.push(line.subarray(at, colon));
    at = colon + 1;
  }
  if (parts.length < 4) return undefined;
  const [user, domain, lmHash, ntHash] = parts as [Buffer, Buffer, Buffer, Buffer];
  if ([lmHash, ntHash].some(({ length }) => length !== 0 && length !== hashDigits)) return undefined;
  return { user: user.toString("latin1"), domain: domain.toString("latin1"), hasHash: isHash(ntHash) };
}

/** Whether digits are a hash that is not zero. */
function isHash(digits: Buffer): boolean {
  return digits.length === hashDigits && digits.every(isHexDigit) && digits.some((digit) => digit !== 0x30);
}

function isHexDigit(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66);
}

/**
 * The line whose hash proved the password of a client that calls itself `domain\user`: the first one with this domain,
 * and only where there is none the first one without a domain. Undefined where that cannot be known.
 */
export function provingLine(lines: readonly SamLine[], user: string, domain: string): SamLine | undefined {
  const [name, of] = [bytesOf(user), bytesOf(domain)];
  const exact = lines.find((line) => line.user === name && line.domain === of);
  const bare = lines.find((line) => line.user === name && line.domain === "");
  // WinPR 2 does not find a domain that is not ASCII, and takes the line without a domain.
  return exact && bare && !isAscii(domain) ? undefined : (exact ?? bare);
}

function isAscii(text: string): boolean {
  return Buffer.byteLength(text) === text.length;
}

function bytesOf(text: string): string {
  return Buffer.from(text).toString("latin1");
}
