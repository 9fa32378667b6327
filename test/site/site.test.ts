import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, extname, join, posix } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeSite } from "../../scripts/documentation/make-site.ts";
import { entryPoints } from "../../scripts/entry-points.ts";
import { componentFile } from "../../scripts/lab/components.ts";

const folder = mkdtempSync(join(tmpdir(), "sspi-ffi-site-"));
const site = join(folder, "site");
const kinds: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

/** The requested files that the site lacks; the browser's console does not always report them. */
const missing: string[] = [];

/** Serves the site over HTTP, because a page cannot load an icon from a file URL. */
const server = createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url ?? "/", "http://site").pathname);
  try {
    const content = readFileSync(join(site, path));
    response.setHeader("Content-Type", kinds[extname(path)] ?? "application/octet-stream").end(content);
  } catch {
    missing.push(path);
    response.writeHead(404).end();
  }
});

/** The HTML of the pages, by path. */
const pages = new Map<string, string>();
let made: ReturnType<typeof makeSite> | undefined;

beforeAll(async () => {
  // sspi-ffi/raw is left out: it has thousands of pages, one for each name of the headers, which `npm run docs` makes.
  made = makeSite(site, (specifier) => specifier !== "sspi-ffi/raw");
  for (const name of readdirSync(site, { recursive: true, encoding: "utf8" }))
    if (name.endsWith(".html")) pages.set(name, readFileSync(join(site, name), "utf8"));
  await once(server.listen(0, "127.0.0.1"), "listening");
}, 240_000);

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A page's links within the site: file and fragment. */
function linksOf(page: string, text: string): { readonly link: string; readonly file: string; readonly id: string }[] {
  return [...text.matchAll(/\s(?:href|src)="([^"]*)"/g)]
    .map(([, link = ""]) => link.replaceAll("&amp;", "&"))
    .filter((link) => !/^(?:[a-z]+:|\/\/)/.test(link))
    .map((link) => {
      const [path = "", id = ""] = link.split("#");
      return { link, file: path === "" ? page : posix.join(dirname(page), decodeURIComponent(path)), id };
    });
}

const ids = new Map<string, ReadonlySet<string>>();
function idsOf(file: string): ReadonlySet<string> {
  let found = ids.get(file);
  if (found === undefined) {
    found = new Set([...(pages.get(file) ?? "").matchAll(/\sid="([^"]*)"/g)].map(([, id = ""]) => id));
    ids.set(file, found);
  }
  return found;
}

async function opened(page: string): Promise<{ readonly dom: string; readonly console: readonly string[] }> {
  const browser = spawn(componentFile("chromium"), [
    ...["--no-sandbox", "--disable-gpu", `--user-data-dir=${join(folder, "profile")}`, "--timeout=20000"],
    ...["--virtual-time-budget=3000", "--enable-logging=stderr", "--dump-dom"],
    `http://localhost:${(server.address() as AddressInfo).port}/${page}`,
  ]);
  let [dom, log] = ["", ""];
  browser.stdout.on("data", (text) => (dom += text));
  browser.stderr.on("data", (text) => (log += text));
  await once(browser, "close");
  return { dom, console: log.split("\n").filter((line) => line.includes(":CONSOLE:")) };
}

describe("the site that npm run docs makes", () => {
  it("is made without warnings", () => {
    expect(made).toEqual({ status: 0, said: expect.not.stringMatching(/warning|error/) });
  });

  it("has the guides and a page for each entry point", () => {
    const files = [...pages.keys()];
    expect(files.filter((file) => file.startsWith("documents/")).length).toBeGreaterThan(40);
    const doors = entryPoints().filter(({ specifier }) => specifier !== "sspi-ffi/raw");
    expect(files).toEqual(
      expect.arrayContaining(doors.map(({ specifier }) => `modules/${specifier.replaceAll("/", "_")}.html`)),
    );
  });

  it("has no dead link", () => {
    const files = new Set(readdirSync(site, { recursive: true, encoding: "utf8" }));
    const dead = [...pages].flatMap(([page, text]) =>
      linksOf(page, text)
        .filter(({ file, id }) => !files.has(file) || (id !== "" && file.endsWith(".html") && !idsOf(file).has(id)))
        .map(({ link }) => `${page}: ${link}`),
    );
    expect([...new Set(dead)]).toEqual([]);
  });

  it.each(["index.html", "documents/docs_guides_who-calls.html", "classes/sspi-ffi.ClientContext.html"])(
    "opens in a browser without console messages and shows its navigation: %s",
    async (page) => {
      const { dom, console } = await opened(page);
      expect({ console, missing }).toEqual({ console: [], missing: [] });
      // The page's script adds the navigation's links.
      expect(dom.split("<a ").length).toBeGreaterThan((pages.get(page) ?? "").split("<a ").length);
    },
  );
});
