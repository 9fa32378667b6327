import type { Way } from "../../../scripts/consumers/consumer.ts";

const resolutions = ["node16", "bundler"];

const compile = (version: string, resolution: string, more = ""): readonly string[] => [
  "node write-entries.js",
  `node node_modules/typescript-${version}/bin/tsc -p ${resolution}.json ${more}`,
];

const strictly: readonly Way[] = ["5.7", "5.8", "5.9", "6.0", "7.0"].flatMap((version) =>
  resolutions.map((resolution) => ({
    tool: `typescript-${version}`,
    way: `\`strict\`, \`skipLibCheck: false\`, \`types: []\`, \`moduleResolution: "${resolution}"\``,
    run: compile(version, resolution),
    onlyCompiles: true as const,
  })),
);

const before: readonly Way[] = ["5.2", "5.6"].flatMap((version) => [
  {
    tool: `typescript-${version}`,
    way: "`skipLibCheck: false`",
    run: compile(version, "node16"),
    onlyCompiles: true as const,
    fails: "error TS",
    todo: "`skipLibCheck: true`",
  },
  {
    tool: `typescript-${version}`,
    way: "`skipLibCheck: true`",
    run: compile(version, "node16", "--skipLibCheck"),
    onlyCompiles: true as const,
  },
]);

export const title = "TypeScript";

export const ways: readonly Way[] = [...strictly, ...before];
