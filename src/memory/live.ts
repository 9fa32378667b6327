import type { LiveKind } from "../ctypes/index.ts";

const counts: Record<LiveKind, number> = {
  credentials: 0,
  contexts: 0,
  certificates: 0,
  buffers: 0,
  tokens: 0,
  tls: 0,
};

/** How many native objects this process holds through this package, by kind; all are 0 when everything is released. */
export function live(): Readonly<Record<LiveKind, number>> {
  return { ...counts };
}

export function countAcquired(kind: LiveKind): void {
  counts[kind] += 1;
}

export function countReleased(kind: LiveKind): void {
  counts[kind] -= 1;
}
