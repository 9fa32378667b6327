/**
 * The names of the signals that end a process for a memory error. Which one it is depends on what lies behind an
 * address: nothing, the end of a mapped file, or the allocator's own lists.
 */
export const memoryFaults = /^SIG(?:ABRT|BUS|SEGV)$/;
