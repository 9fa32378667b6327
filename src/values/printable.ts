/** Escapes text of a peer or a caller, so that it cannot control a terminal or imitate a line of the output. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
