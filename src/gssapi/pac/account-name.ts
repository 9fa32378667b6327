/** What no name of an account or a domain has, since `AD\alice` and `alice@AD.TEST` would mean two things with it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: names with control characters are what it refuses
const forbidden = /[\u0000-\u001f"/\\[\]:;|=,+*?<>]|\p{Cs}/u;

/** @throws RangeError where a name is empty, or none that Active Directory lets anybody have. */
export function checkAccountName(name: string, what: string): string {
  if (name === "") throw new RangeError(`PAC: the ${what} has no name`);
  if (forbidden.test(name)) throw new RangeError(`PAC: the name of the ${what} has a character that no such name has`);
  return name;
}
