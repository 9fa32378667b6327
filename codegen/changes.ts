/** The most symbols that are named for one kind of change. */
const most = 20;

/** Lists the changes of a run, symbol by symbol, from the surface before (if there was one) to the surface after. */
export function changes(before: string | undefined, after: string): string[] {
  const [old, fresh] = [symbols(before ?? ""), symbols(after)];
  const added = [...fresh.keys()].filter((name) => !old.has(name));
  const removed = [...old.keys()].filter((name) => !fresh.has(name));
  const changed = [...fresh].flatMap(([name, facts]) => (old.has(name) && old.get(name) !== facts ? [name] : []));
  if (added.length + removed.length + changed.length === 0) return ["no symbol changed"];
  const counts = `${added.length} added, ${changed.length} changed, ${removed.length} removed`;
  return [counts, ...listed("+", added), ...listed("~", changed), ...listed("-", removed)];
}

function listed(sign: string, names: readonly string[]): string[] {
  const rest = names.length - most;
  const more = rest > 0 ? [`  ${sign} and ${rest} more`] : [];
  return [...names.slice(0, most).map((name) => `  ${sign} ${name}`), ...more];
}

/** Returns the facts of each symbol by its kind and name; a struct has a line for each layout. */
function symbols(surface: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of surface.split(/\r?\n/)) {
    const [, name] = /^((?:attribute \S+|[a-z]+) \S+)/.exec(line) ?? [];
    if (name !== undefined) found.set(name, `${found.get(name) ?? ""}${line}\n`);
  }
  return found;
}
