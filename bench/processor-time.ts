/** The processor time of this process since a result of `process.cpuUsage()`, in µs. */
export function processorTimeSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return user + system;
}
