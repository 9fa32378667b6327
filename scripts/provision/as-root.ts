import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

export type Command = readonly [program: string, ...args: string[]];

/** This user may not change the system. The message lists the commands that an administrator has to run. */
export class RootNeededError extends Error {
  constructor(commands: readonly Command[]) {
    const lines = commands.map((words) => `  ${shellLine(words)}`).join("\n");
    super(`This user is not root, and sudo is not installed. Run this as root, then repeat your command:\n${lines}`);
    this.name = "RootNeededError";
  }
}

/** Returns a command in the syntax of a shell. */
export function shellLine(words: readonly string[]): string {
  const quoted = (word: string): string =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
  return words.map(quoted).join(" ");
}

const hasSudo = (): boolean => (process.env["PATH"] ?? "").split(":").some((folder) => existsSync(`${folder}/sudo`));

/** Whether this user is root, or can become root with sudo. */
export function canBeRoot(): boolean {
  return process.getuid?.() === 0 || hasSudo();
}

/**
 * Runs commands as root, one after another until one fails, and shows them. Returns whether all succeeded.
 *
 * @throws RootNeededError that names all of them, before any has run
 */
export function runAsRoot(...commands: readonly Command[]): boolean {
  if (!canBeRoot()) throw new RootNeededError(commands);
  const sudo = process.getuid?.() === 0 ? [] : ["sudo"];
  return commands.every((words) => {
    // Set the variable through env: sudo passes no environment, and krb5-user would otherwise ask for a realm.
    const [program = "", ...args] = [...sudo, "env", "DEBIAN_FRONTEND=noninteractive", ...words];
    console.log(`$ ${shellLine([program, ...args])}`);
    return spawnSync(program, args, { stdio: "inherit" }).status === 0;
  });
}
