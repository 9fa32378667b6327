import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CallKind } from "../../src/native/places.ts";
import { places } from "../../src/native/places.ts";
import { type Turn, takeTurn } from "../../src/native/turns.ts";
import { Cancellation } from "../../src/values/index.ts";

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const most = { accepting: places, initiating: Math.max(1, places - 1) };

/** Records the turns in the order in which they began. */
class Book {
  readonly begun: { readonly name: string; readonly turn: Turn }[] = [];

  async ask(kind: CallKind, name: string, cancellation?: Cancellation): Promise<void> {
    this.begun.push({ name, turn: await takeTurn(kind, cancellation) });
  }

  get names(): readonly string[] {
    return this.begun.map(({ name }) => name);
  }

  async end(index: number): Promise<void> {
    this.begun[index]?.turn.end();
    await settled();
  }
}

describe("turns for calls off the event loop", () => {
  it.each(["accepting", "initiating"] as const)(
    "of one kind (%s) never exceed its places and begin in the order of the requests, whichever call ends first",
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.nat(), { minLength: 1, maxLength: 40 }), async (choices) => {
          const book = new Book();
          for (const index of choices.keys()) void book.ask(kind, String(index));
          const open = new Set<number>();
          let seen = 0;
          for (const choice of choices) {
            await settled();
            while (seen < book.begun.length) open.add(seen++);
            expect(open.size).toBe(Math.min(most[kind], choices.length - (seen - open.size)));
            const ends = [...open][choice % open.size] as number;
            open.delete(ends);
            await book.end(ends);
          }
          expect(book.names).toEqual(choices.map((_, index) => String(index)));
        }),
        { numRuns: 30 },
      );
    },
  );

  it("F11 of accepting legs begin before initiating legs that waited longer, and beside the running ones", async () => {
    const book = new Book();
    for (let index = 0; index < 5; index += 1) void book.ask("initiating", `out ${index}`);
    void book.ask("accepting", "in 0");
    await settled();
    if (places > 1) expect(book.names.at(-1)).toBe("in 0");
    for (let index = 1; index < 4; index += 1) void book.ask("accepting", `in ${index}`);
    for (let index = 0; index < 9; index += 1) await book.end(index);
    const order = book.names.filter((name) => name.startsWith("in"));
    expect(order).toEqual(["in 0", "in 1", "in 2", "in 3"]);
    expect(book.names.at(-1)).toBe("out 4");
  });

  it("F12 a cancelled waiter leaves the queue, and the next one still gets its turn", async () => {
    const book = new Book();
    void book.ask("initiating", "running");
    await settled();
    for (let index = 1; index < most.initiating; index += 1) void book.ask("initiating", "running too");
    const controller = new AbortController();
    const cancellation = Cancellation.of("a test", { signal: controller.signal });
    const waits = book.ask("initiating", "cancelled", cancellation);
    void book.ask("initiating", "next");
    controller.abort();
    await expect(waits).rejects.toMatchObject({ name: "AbortError", code: "ABORT_ERR", operation: "a test" });
    const running = book.begun.length;
    for (let index = 0; index <= running; index += 1) await book.end(index);
    expect(book.names.at(-1)).toBe("next");
    expect(book.names).not.toContain("cancelled");
  });
});
