/** The project files that a release is checked by, with their current content. */
export interface ReleaseFiles {
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly changelog: string;
  readonly security: string;
  /** The text of each GitHub Actions workflow, by its path. */
  readonly workflows: Readonly<Record<string, string>>;
  /** The tag of the release, if it is made from one. */
  readonly tag?: string;
}

/**
 * Returns what is still missing for a release, one line each with the person who has to provide it; empty if it can be
 * made.
 */
export function missingForRelease(files: ReleaseFiles): readonly string[] {
  return [
    ...missingInManifest(files.manifest),
    ...missingContact(files.security),
    ...missingInChangelog(files.changelog, String(files.manifest["version"])),
    ...Object.entries(files.workflows).flatMap(([path, text]) => unpinnedActions(path, text)),
    ...wrongTag(files.tag, String(files.manifest["version"])),
  ];
}

/** Fields that only the owner can fill in, because only the owner knows where the project is hosted. */
const ownersFields: Readonly<Record<string, string>> = {
  repository: "the address of the repository; provenance is refused without it",
  homepage: "the address of the documentation",
  bugs: "where mistakes are reported",
};

function missingInManifest(manifest: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(ownersFields)
    .filter(([field]) => !addressOf(manifest[field]))
    .map(([field, what]) => `package.json: ${field} is missing: ${what}`);
}

function addressOf(value: unknown): boolean {
  const url = typeof value === "object" && value !== null ? (value as { readonly url?: unknown }).url : value;
  return typeof url === "string" && url.trim() !== "";
}

function missingContact(security: string): string[] {
  const contact = /\bmailto:[^\s@)>]+@[^\s@)>]+|https:\/\/[^\s)>]+\/security\/advisories\/new\b/;
  return contact.test(security)
    ? []
    : ["SECURITY.md: the contact is missing: a mailto: address, or the page of private advisories"];
}

function missingInChangelog(changelog: string, version: string): string[] {
  const heading = changelog.split("\n").find((line) => line.startsWith(`## [${version}]`));
  if (heading === undefined) return [`CHANGELOG.md: ${version} has no section`];
  return / - \d{4}-\d{2}-\d{2}$/.test(heading) ? [] : [`CHANGELOG.md: ${version} has no date`];
}

/**
 * Returns actions that are not pinned to a commit: an action is other people's code with this project's token, and a
 * tag can be moved, a commit cannot.
 */
function unpinnedActions(path: string, text: string): string[] {
  return text.split("\n").flatMap((line, index) => {
    const [, action = "", comment = ""] =
      /^\s*(?:-\s+)?["']?uses["']?\s*:\s*["']?([^\s"'#]+)["']?\s*(#.*)?$/.exec(line) ?? [];
    if (action === "" || action.startsWith("./")) return [];
    const place = `${path}:${index + 1}: ${action}`;
    if (!/@[0-9a-f]{40}$/.test(action)) return [`${place} is not pinned by the hash of its commit`];
    return /^#\s*v\d+\.\d+\.\d+$/.test(comment.trim()) ? [] : [`${place} has no comment that says its version`];
  });
}

function wrongTag(tag: string | undefined, version: string): string[] {
  if (tag === undefined || tag === `v${version}`) return [];
  return [`package.json: version is ${version}, and the tag is ${tag}`];
}
