import koffi from "koffi";

const libc = koffi.load(null);
const names = [
  "arena",
  "ordblks",
  "smblks",
  "hblks",
  "hblkhd",
  "usmblks",
  "fsmblks",
  "uordblks",
  "fordblks",
  "keepcost",
];
const info = koffi.struct(Object.fromEntries(names.map((name) => [name, "size_t"])));
const mallinfo = libc.func("mallinfo2", info, []) as unknown as () => Readonly<Record<string, number>>;

/**
 * How many bytes of this process malloc has handed out and not got back (glibc's `mallinfo2`): exact to the byte, where
 * resident memory is exact only to the megabyte. JavaScript's own heap is not counted.
 */
export function nativeBytes(): number {
  const { uordblks = 0, hblkhd = 0 } = mallinfo();
  return uordblks + hblkhd;
}

/** Collects garbage until finalizers have run, so that both numbers can be measured. */
export async function settled(): Promise<{ resident: number; native: number }> {
  for (let round = 0; round < 5; round += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { resident: process.memoryUsage.rss(), native: nativeBytes() };
}

/** Leaks native memory permanently, as a forgotten release does. */
export const malloc = libc.func("malloc", "uintptr_t", ["size_t"]) as unknown as (size: number) => number;

/** Makes malloc give back its free memory, so that resident memory is the memory in use now. */
export const mallocTrim = libc.func("malloc_trim", "int", ["size_t"]) as unknown as (keep: number) => number;
