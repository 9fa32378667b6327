/** What the picture shows. */
const pictured = ["ratios", "gssapi", "load"];
/** They are fetched from npm, and measured only where that is asked for. */
const optional = ["peers"];

/**
 * Returns the names of the parts that a command line asks for: `--only=gssapi` is that one, `--picture` those that are
 * drawn, `--peers` all. @throws RangeError for an unknown part or option
 */
export function chosenParts(names: readonly string[], args: readonly string[]): readonly string[] {
  const options = ["--quick", "--picture", "--peers"];
  const only = args.filter((argument) => argument.startsWith("--only=")).map((argument) => argument.slice(7));
  const wrong = args.find((argument) => !options.includes(argument) && !argument.startsWith("--only="));
  if (wrong !== undefined) throw new RangeError(`${wrong}: expected ${options.join(", ")} or --only=PART`);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new RangeError(`--only: expected one of ${names.join(", ")}, got ${unknown}`);
  if (args.includes("--picture")) return pictured;
  if (only.length > 0) return only;
  return args.includes("--peers") ? names : names.filter((name) => !optional.includes(name));
}
