import { describe, expect, it } from "vitest";
import type { ClientContext, Leg } from "../../../src/index.ts";
import { TlsEngine } from "../../../src/tls/index.ts";
import { answer, ends, versions } from "./engine-ends.ts";

/** The distance in bytes between two cuts; `SSPI_TLS_STRIDE=1` cuts at every byte. */
const stride = Number(process.env["SSPI_TLS_STRIDE"] ?? 7);

/** Feeds the peer's flight in two pieces and each leg's extra bytes to the next leg; returns the last leg. */
function legsOf(client: ClientContext, flight: Buffer, cut: number): Leg {
  const pieces: Uint8Array[] = [flight.subarray(0, cut), flight.subarray(cut)];
  const tokens: Uint8Array[] = [];
  for (;;) {
    const piece = pieces.shift();
    if (!piece) throw new Error("the flight was not enough");
    const leg = client.stepSync(piece);
    if (leg.token && leg.token.length > 0) tokens.push(leg.token);
    if (leg.extra) pieces.unshift(leg.extra);
    if (tokens.length > 0 && pieces.length === 0) return { ...leg, token: Buffer.concat(tokens) } as Leg;
  }
}

describe.each(versions)("the legs of Schannel's stand-in, %s", (version) => {
  it("complete wherever the server's flight is cut", { timeout: 120_000 }, () => {
    using all = ends(version);
    for (let cut = 1; ; cut += cut < 12 ? 1 : stride) {
      using client = all.client();
      using engine = new TlsEngine(all.context);
      const flight = answer(engine, client.stepSync().token);
      if (cut >= flight.length) break;
      let leg = legsOf(client, flight, cut);
      const last = answer(engine, leg.token);
      if (leg.status !== "complete") leg = client.stepSync(last);
      expect(leg.status).toBe("complete");
      expect(engine.complete).toBe(true);
    }
  });
});
