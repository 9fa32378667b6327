import { existsSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { TicketFolder } from "../../src/credentials/ticket-folder.ts";

const fileOf = ({ name }: TicketFolder): string => name.slice("FILE:".length);

/** The listeners for the end of the process that `work` adds. */
function added(work: () => void): readonly (() => void)[] {
  const before = process.listeners("exit");
  work();
  return process.listeners("exit").filter((listener) => !before.includes(listener)) as unknown as (() => void)[];
}

describe("a folder for the tickets of one credential", () => {
  it("is a new one each time, and is used as soon as a package has written to its cache", () => {
    const [one, other] = [new TicketFolder(), new TicketFolder()];
    expect(one.name).toMatch(/^FILE:.+sspi-ffi-tickets-/);
    expect(dirname(fileOf(one))).not.toBe(dirname(fileOf(other)));
    expect(one.used).toBe(false);
    writeFileSync(fileOf(one), "");
    expect(one.used).toBe(false);
    writeFileSync(fileOf(one), "t");
    expect([one.used, other.used]).toEqual([true, false]);
    one.remove();
    expect([existsSync(dirname(fileOf(one))), statSync(dirname(fileOf(other))).isDirectory()]).toEqual([false, true]);
    one.remove();
    other.remove();
    expect(existsSync(dirname(fileOf(other)))).toBe(false);
  });

  it("is deleted at the end of the process, with one listener for all folders as long as there is one", () => {
    const folders: TicketFolder[] = [];
    const listeners = added(() => folders.push(new TicketFolder(), new TicketFolder()));
    expect(listeners).toHaveLength(1);
    const [one, other] = folders as [TicketFolder, TicketFolder];
    writeFileSync(fileOf(one), "tickets");
    one.remove();
    expect(process.listeners("exit")).toContain(listeners[0]);
    listeners[0]?.();
    expect(existsSync(dirname(fileOf(other)))).toBe(false);
    other.remove();
    expect(process.listeners("exit")).not.toContain(listeners[0]);
  });
});
