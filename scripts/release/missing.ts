/** What a release is judged by: files as they stand in the project. */
export interface ReleaseFiles {
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly changelog: string;
  readonly security: string;
  /** Text of each workflow of GitHub's Actions, by its path. */
  readonly workflows: Readonly<Record<string, string>>;
  /** The tag that the release is made from, if one is. */
  readonly tag?: string;
}

/** What is not there yet, each in one line that says who has to give what; empty where a release may be made. */
export function missingForRelease(files: ReleaseFiles): readonly string[] {
  return [
    ...missingInManifest(files.manifest),
    ...missingContact(files.security),
    ...missingInChangelog(files.changelog, String(files.manifest["version"])),
    ...Object.entries(files.workflows).flatMap(([path, text]) => unpinnedActions(path, text)),
    ...wrongTag(files.tag, String(files.manifest["version"])),
  ];
}

/** Only the owner knows where the project lives. */
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

/** An action is code of somebody else's with a token of ours: a tag can be moved, a commit cannot. */
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
