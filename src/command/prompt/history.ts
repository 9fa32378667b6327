/** Words beside which passwords and keys are typed. */
const words = /pass(?:word|phrase|wd)|secret|private_?key|\bpfx\b|\bkeys?\b/i;

/** Whether a line is not to be kept in a file: it may have a secret in it. */
export function isSecret(line: string): boolean {
  return words.test(line);
}
