/** The Nodes for Windows that the suites run in: exactly these bytes, as the npm registry has them. */
export const nodeReleases = {
  20: {
    version: "20.20.2",
    integrity: "sha512-JCwLL25UBIyiXLXUN6dfb/AMZTBtV5LUugV+DpurEn3uAM/GKm7Z/rgR4aV5Z76UHSbzK4n43ox6GTvsOAoNxA==",
  },
  22: {
    version: "22.23.3",
    integrity: "sha512-lJNBVsNw5Zf+VEHAwatmQxF8eY5hHVEd1ufVYn+5XVrSNB0x55V1cd/rJyOeElCnY2cRebGq//siePEGRZKYjg==",
  },
  24: {
    version: "24.21.0",
    integrity: "sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==",
  },
} as const;

export type NodeMajor = keyof typeof nodeReleases;

/** The Nodes that `npm test` uses: 22 and 20, or those that `SSPI_WINDOWS_NODES` lists (`22,20,24`). */
export function chosenNodes(list = process.env["SSPI_WINDOWS_NODES"] ?? "22,20"): readonly NodeMajor[] {
  return list
    .split(",")
    .filter((entry) => entry.trim() !== "")
    .map((entry) => {
      const major = Number(entry);
      if (!(major in nodeReleases))
        throw new RangeError(`SSPI_WINDOWS_NODES: expected some of ${Object.keys(nodeReleases).join()}, got ${entry}`);
      return major as NodeMajor;
    });
}
