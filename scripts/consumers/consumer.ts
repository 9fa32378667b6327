/** One way to use the package with a tool, tried in a project that has installed both. */
export interface Way {
  /** The tool: a package of the project's package.json; `-24` after its name selects one of several versions. */
  readonly tool: string;
  /** The name of the way in the table, in Markdown. */
  readonly way: string;
  /** Shell lines to run in that project. `$TARBALL` is the packed package, `$ELSEWHERE` an empty folder outside. */
  readonly run: readonly string[];
  /** Part of the output of a way that is known to fail; other ways have to print what the program prints in Node. */
  readonly fails?: string;
  /** The program is compiled but not run: its output does not count. */
  readonly onlyCompiles?: true;
  /** The steps for the user, in the words of the table. */
  readonly todo?: string;
}

/** A folder of `test/consumers`: a project with the tools that its package.json pins. */
export interface Consumer {
  readonly name: string;
  readonly folder: string;
  /** The heading of the project's table. */
  readonly title: string;
  readonly ways: readonly Way[];
  /** Versions by the tool names that ways use. */
  readonly versions: Readonly<Record<string, string>>;
}

/** The result of a way. */
export interface Tried {
  readonly consumer: Consumer;
  readonly way: Way;
  /** Whether the program printed the expected lines. */
  readonly worked: boolean;
  /** Everything that was printed. */
  readonly said: string;
}

/** Whether the result is the one that the project declares. */
export function asExpected({ way, worked, said }: Tried): boolean {
  return way.fails === undefined ? worked : !worked && said.includes(way.fails);
}

/** Returns the tool with its version, in the words of the table. */
export function toolOf({ versions }: Consumer, { tool }: Way): string {
  const version = versions[tool];
  if (version === undefined) throw new Error(`package.json pins no ${tool}`);
  return `${tool.replace(/-\d[\d.]*$/, "")} ${version}`;
}
