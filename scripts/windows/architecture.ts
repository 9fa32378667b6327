/** The Windows that the suites run in: 64 bits; or 32 bits, for which `npm run test:ia32` prepares a system. */
export const architectures = ["x64", "ia32"] as const;

export type Architecture = (typeof architectures)[number];

/** Returns the architecture that `SSPI_WINDOWS_ARCHITECTURE` names; x64 by default. */
export function chosenArchitecture(name = process.env["SSPI_WINDOWS_ARCHITECTURE"] ?? "x64"): Architecture {
  const known = architectures.find((entry) => entry === name);
  if (!known) throw new RangeError(`SSPI_WINDOWS_ARCHITECTURE: expected one of ${architectures.join()}, got ${name}`);
  return known;
}

/** The architecture of this run. */
export const architecture = chosenArchitecture();
