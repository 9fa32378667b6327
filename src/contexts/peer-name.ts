/** The parts of a name as a mechanism reports it. */
export interface PeerName {
  readonly name: string;
  readonly account: string;
  readonly realm?: string;
  readonly domain?: string;
}

/**
 * Control characters (also NUL) and lone surrogates, which break logs; characters without a width or with a direction,
 * and the no-break space, with which two names look like one.
 */
const unprintable = /[\p{Cc}\p{Cs}\p{Cf}\u00a0]/u;

/**
 * Splits a name into its parts: `EXAMPLE\alice`, `alice@EXAMPLE.TEST` with the escapes of RFC 1964 (`\@`, `\/`), or an
 * unqualified account. Undefined for every other text, because a name that can be read in two ways identifies nobody.
 *
 * @see RFC 1964, 2.1.1 https://www.rfc-editor.org/rfc/rfc1964
 */
export function parsePeerName(text: string): PeerName | undefined {
  if (text === "" || text !== text.trim() || unprintable.test(text)) return undefined;
  if (text.includes("@")) return principal(text);
  if (!text.includes("\\")) return { name: text, account: text };
  const [domain = "", account = "", ...more] = text.split("\\");
  return domain !== "" && more.length === 0 ? accountOf(domain, account) : undefined;
}

/**
 * The name `DOMAIN\account`, or without a domain the parts of the account's own text. Undefined where a part is not a
 * valid name.
 */
export function accountOf(domain: string, account: string): PeerName | undefined {
  if (domain === "") return account.includes("\\") ? undefined : parsePeerName(account);
  return isPart(domain) && isPart(account) ? { name: `${domain}\\${account}`, account, domain } : undefined;
}

/**
 * Whether text can be one part of a two-part name. Windows has no account with these characters, and Kerberos would
 * interpret them.
 */
function isPart(text: string): boolean {
  return text !== "" && text === text.trim() && !unprintable.test(text) && !/[\\/@]/.test(text);
}

/** Parses `account@REALM`, with exactly one unescaped `@` and no escapes except `\@` and `\/`. */
function principal(name: string): PeerName | undefined {
  const parts = /^((?:[^\\@]|\\[@/])+)@([^\\@/]+)$/u.exec(name);
  const [, escaped = "", realm = ""] = parts ?? [];
  if (!parts || realm !== realm.trim()) return undefined;
  return { name, account: escaped.replace(/\\([@/])/gu, "$1"), realm };
}
