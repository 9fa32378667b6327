import type { Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";

/** A connection of a server that accepts so many bytes of headers. */
const connectionOf = (maxHeaderSize: number): Socket => ({ server: { maxHeaderSize } }) as unknown as Socket;

describe("a server that takes fewer bytes of headers than a ticket may have", () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("is warned of once in a process, and one with enough room never", async () => {
    vi.resetModules();
    const { warnOfLittleRoom } = await import("../../../src/http/server/header-room.ts");
    const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    warnOfLittleRoom(connectionOf(81_920), 81_920);
    expect(warnings).not.toHaveBeenCalled();
    for (const _ of [1, 2]) warnOfLittleRoom(connectionOf(16_384), 81_920);
    expect(warnings.mock.calls).toEqual([
      [
        expect.stringMatching(/takes 16384 bytes of headers.* up to 81920: pass authenticator\.serverOptions/),
        { type: "HttpAuthenticatorWarning", code: "SSPI_HTTP_SMALL_HEADERS" },
      ],
    ]);
  });
});
