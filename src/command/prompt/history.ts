/** Words that appear on a line with a password or key. */
const words = /pass(?:word|phrase|wd)|secret|private_?key|\bpfx\b|\bkeys?\b/i;

/** Whether a line must not be saved to a file, because it may contain a secret. */
export function isSecret(line: string): boolean {
  return words.test(line);
}
