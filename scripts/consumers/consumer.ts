/** One way to use the package with a tool, tried in a project that has both installed. */
export interface Way {
  /** Whose way it is: a package of the project's package.json; `-24` behind a name says which of several versions. */
  readonly tool: string;
  /** As the table calls it, in Markdown. */
  readonly way: string;
  /** Lines for a shell in that project. `$TARBALL` is the packed package, `$ELSEWHERE` an empty folder outside. */
  readonly run: readonly string[];
  /** Part of what it says, where it is known to fail; without it, the program has to print what it prints in Node. */
  readonly fails?: string;
  /** It is compiled and not run: what it prints does not count. */
  readonly onlyCompiles?: true;
  /** What a user has to do, as the table says it. */
  readonly todo?: string;
}

/** A folder of `test/consumers`: a project with the tools that its package.json pins. */
export interface Consumer {
  readonly name: string;
  readonly folder: string;
  /** The heading of its table. */
  readonly title: string;
  readonly ways: readonly Way[];
  /** Versions by the names that ways have for their tools. */
  readonly versions: Readonly<Record<string, string>>;
}

/** What came of a way. */
export interface Tried {
  readonly consumer: Consumer;
  readonly way: Way;
  /** Whether the program printed what it had to. */
  readonly worked: boolean;
  /** All that was printed. */
  readonly said: string;
}

/** Whether it came as the project says that it comes. */
export function asExpected({ way, worked, said }: Tried): boolean {
  return way.fails === undefined ? worked : !worked && said.includes(way.fails);
}

/** The tool with its version, as the table names it. */
export function toolOf({ versions }: Consumer, { tool }: Way): string {
  const version = versions[tool];
  if (version === undefined) throw new Error(`package.json pins no ${tool}`);
  return `${tool.replace(/-\d[\d.]*$/, "")} ${version}`;
}
