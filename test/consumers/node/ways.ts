import type { Way } from "../../../scripts/consumers/consumer.ts";

const majors = [20, 22, 24, 26];
const node = (major: number): string => `node_modules/node-${major}/bin/node`;
/** Runs on every Node line; the table has one row where the result is the same on all. */
const onEach = (way: string, run: (program: string) => readonly string[], from = 20, todo?: string): readonly Way[] =>
  majors
    .filter((major) => major >= from)
    .map((major) => ({ tool: `node-${major}`, way, run: run(node(major)), ...(todo !== undefined && { todo }) }));

const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

export const title = "Node";

export const ways: readonly Way[] = [
  ...onEach("`import`", (program) => [`${program} main.js`]),
  ...onEach("`require()`, without a warning", (program) => [
    `test -z "$(${program} main.cjs 2>&1 >/dev/null)"`,
    `${program} main.cjs`,
  ]),
  ...onEach("TypeScript as it is (types are stripped)", (program) => [`${program} typed.ts`], 22),
  ...onEach("`using` in JavaScript", (program) => [`${program} scoped.mjs`], 24),
  ...onEach("three `worker_threads`, one after another", (program) => [`${program} workers.js`]),
  ...onEach("`child_process.fork()` and `cluster`", (program) => [`${program} processes.js`]),
  ...onEach(
    "`--permission`",
    (program) => [`${program} --permission --allow-addons --allow-fs-read=* --allow-fs-write=/tmp main.js`],
    22,
    "`--allow-addons`, and `--allow-fs-read` for koffi's folder and the SSPI library's",
  ),
  {
    tool: "node-24",
    way: "single executable application, of a bundle in CommonJS",
    run: [
      "esbuild main.js --bundle --platform=node --format=cjs --outfile=out/bundle.cjs",
      `${node(24)} --experimental-sea-config single-file.json`,
      `cp ${node(24)} "$ELSEWHERE/program" && postject "$ELSEWHERE/program" NODE_SEA_BLOB out/bundle.blob --sentinel-fuse ${fuse}`,
      `mkdir "$ELSEWHERE/node_modules" && cp -r node_modules/koffi node_modules/@koromix "$ELSEWHERE/node_modules"`,
      `"$ELSEWHERE/program"`,
    ],
    todo: "have `koffi` in `node_modules` beside the executable",
  },
  { tool: "tsx", way: "`tsx main.ts`", run: ["tsx typed.ts"] },
];
