import { nearestName } from "../values/nearest-name.ts";
import { type Command, misused, type Streams, UsageError } from "./command.ts";
import { packageManifest } from "./package-manifest.ts";

interface Listed {
  /** The arguments after the name. */
  readonly usage?: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** Each command is loaded when it is called, so that no command waits for the modules of another. */
const commands: Readonly<Record<string, Listed>> = {
  doctor: {
    usage: "[--json]",
    summary: "what this machine has and lacks for a logon; the exit code is 1 where something is a problem",
    load: async () => (await import("./doctor/doctor.ts")).doctor,
  },
  explain: {
    usage: "TOKEN|- [--json]",
    summary: "what a token says: base64, hex, or headers of HTTP; - reads standard input",
    load: async () => (await import("./explain-command.ts")).explainCommand,
  },
  generate: {
    usage: "--metadata FILE --out FOLDER",
    summary: "TypeScript for structs and functions of your own, from metadata like the library's; --help says more",
    load: async () => (await import("./generate-command.ts")).generateCommand,
  },
  packages: {
    summary: "the security packages of this machine, each with its library",
    load: async () => (await import("./packages-command.ts")).packagesCommand,
  },
  status: {
    usage: "NUMBER|NAME",
    summary: "what a status means: 0x80090308, 80090308, -2146893048, SEC_E_INVALID_TOKEN",
    load: async () => (await import("./status-command.ts")).statusCommand,
  },
  tickets: {
    summary: "whose Kerberos tickets this process has, and for which services",
    load: async () => (await import("./tickets-command.ts")).ticketsCommand,
  },
};

/** Runs a command line; without a command, the prompt. @returns the exit code */
export async function runCommand([name, ...args]: readonly string[], streams: Streams): Promise<number> {
  if (name === undefined) return (await import("./prompt/prompt.ts")).runPrompt();
  if (name === "--help" || name === "-h" || name === "help") return help(streams);
  if (name === "--version") return print(streams, packageManifest().version);
  const listed = Object.hasOwn(commands, name) ? commands[name] : undefined;
  try {
    if (!listed) throw new UsageError(unknown(name));
    const command = await listed.load();
    return await command(args, streams);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    streams.stderr.write(`sspi-ffi ${listed ? `${name}: ` : ""}${error.message}\n`);
    return misused;
  }
}

function print({ stdout }: Streams, text: string): 0 {
  stdout.write(`${text}\n`);
  return 0;
}

function unknown(name: string): string {
  const near = nearestName(name, Object.keys(commands));
  const names = Object.keys(commands).join(", ");
  return `has no command ${JSON.stringify(name)}${near === undefined ? "." : `; did you mean ${near}?`} Commands: ${names}. --help says more.`;
}

function help(streams: Streams): number {
  const rows = Object.entries(commands).map(
    ([name, { usage = "", summary }]) => [`${name} ${usage}`, summary] as const,
  );
  const all = [["", "a prompt with the library loaded"] as const, ...rows];
  const width = Math.max(...all.map(([usage]) => usage.length)) + 2;
  const lines = all.map(([usage, summary]) => `  sspi-ffi ${usage.padEnd(width)}${summary}`);
  return print(streams, ["Usage:", ...lines].join("\n"));
}
