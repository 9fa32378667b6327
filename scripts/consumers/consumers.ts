import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Consumer } from "./consumer.ts";

const folders = join(import.meta.dirname, "../../test/consumers");

/** Returns the projects of `test/consumers`: each folder with a package.json, and with its ways in `ways.ts`. */
export async function consumers(): Promise<readonly Consumer[]> {
  const names = readdirSync(folders).filter((name) => existsSync(join(folders, name, "package.json")));
  return Promise.all(names.sort().map(consumer));
}

async function consumer(name: string): Promise<Consumer> {
  const folder = join(folders, name);
  const said = (await import(pathToFileURL(join(folder, "ways.ts")).href)) as Pick<Consumer, "title" | "ways">;
  const { devDependencies } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return { name, folder, title: said.title, ways: said.ways, versions: versionsOf(devDependencies) };
}

/** Resolves `npm:NAME@1.2.3`, which is another name for a package: it allows several versions of one package. */
function versionsOf(pinned: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(pinned).map(([name, version]) => {
      const exact = /^(?:npm:.+@)?(\d+\.\d+\.\d+[\w.-]*)$/.exec(version)?.[1];
      if (exact === undefined) throw new Error(`${name}: expected an exact version, got ${version}`);
      return [name, exact];
    }),
  );
}
