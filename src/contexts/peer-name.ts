/** The parts of a name that a mechanism gives. */
export interface PeerName {
  readonly name: string;
  readonly account: string;
  readonly realm?: string;
  readonly domain?: string;
}

/** Control characters, NUL among them, and halves of characters: no account has them, and logs do not survive them. */
const unprintable = /[\p{Cc}\p{Cs}]/u;

/**
 * Takes a name apart: `EXAMPLE\alice`, `alice@EXAMPLE.TEST` with the escapes of RFC 1964 (`\@`, `\/`), or an account
 * that nothing qualifies. Undefined for every other text: a name that can be read in two ways is nobody's.
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

/** `DOMAIN\account`; without a domain, what the account says by itself. Undefined where a part is no such name. */
export function accountOf(domain: string, account: string): PeerName | undefined {
  if (domain === "") return account.includes("\\") ? undefined : parsePeerName(account);
  return isPart(domain) && isPart(account) ? { name: `${domain}\\${account}`, account, domain } : undefined;
}

/** A part of a name in two parts. Windows has no account with these characters; Kerberos would read them otherwise. */
function isPart(text: string): boolean {
  return text !== "" && text === text.trim() && !unprintable.test(text) && !/[\\/@]/.test(text);
}

/** `account@REALM`: one `@` that is not escaped, and no escape but `\@` and `\/`. */
function principal(name: string): PeerName | undefined {
  const parts = /^((?:[^\\@]|\\[@/])+)@([^\\@/]+)$/u.exec(name);
  const [, escaped = "", realm = ""] = parts ?? [];
  if (!parts || realm !== realm.trim()) return undefined;
  return { name, account: escaped.replace(/\\([@/])/gu, "$1"), realm };
}
