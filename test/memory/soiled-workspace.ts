import { leaseWorkspace, returnWorkspace } from "../../src/memory/index.ts";

/** Leaves bytes of 0xff in the memory of the next call, as earlier calls without secrets do. */
export function soilWorkspace(): void {
  const workspace = leaseWorkspace();
  workspace.arena.allocate(0x4000).bytes().fill(0xff);
  returnWorkspace(workspace);
}
