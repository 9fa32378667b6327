/** Characters that no account or domain name contains: with them `AD\alice` and `alice@AD.TEST` would be ambiguous. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: names with control characters are what it refuses
const forbidden = /[\u0000-\u001f"/\\[\]:;|=,+*?<>]|\p{Cs}/u;

/** @throws RangeError if a name is empty, or if Active Directory does not allow it. */
export function checkAccountName(name: string, what: string): string {
  if (name === "") throw new RangeError(`PAC: the ${what} has no name`);
  if (forbidden.test(name)) throw new RangeError(`PAC: the name of the ${what} has a character that no such name has`);
  return name;
}
