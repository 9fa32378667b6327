import fc from "fast-check";
import { type Leg, live, type SecurityProvider, SspiError } from "../../src/index.ts";
import { Ntlm, tokenOf } from "./ntlm.ts";

/** Which of the three messages of NTLM is corrupted: `negotiate` and `authenticate` go to the server, `challenge` to the client. */
const legs = ["negotiate", "challenge", "authenticate"] as const;
type LegName = (typeof legs)[number];

export interface Corruption {
  readonly leg: LegName;
  readonly what: string;
  readonly of: (token: Buffer) => Buffer;
}

/** Every byte flipped in turn, every truncation, nothing at all, and garbage. */
function all(lengths: Readonly<Record<LegName, number>>): readonly Corruption[] {
  return legs.flatMap((leg) => [
    ...Array.from({ length: lengths[leg] }, (_, at) => ({ leg, what: `byte ${at} flipped`, of: changed(at, [0xff]) })),
    ...Array.from({ length: lengths[leg] }, (_, to) => ({ leg, what: `cut to ${to} bytes`, of: cut(to) })),
    ...fc
      .sample(fc.uint8Array({ maxLength: 400 }), { numRuns: 200, seed: 1 })
      .map((bytes) => ({ leg, what: `garbage ${Buffer.from(bytes).toString("hex")}`, of: () => Buffer.from(bytes) })),
    ...fc
      .sample(fc.tuple(fc.nat(399), fc.uint8Array({ minLength: 1, maxLength: 8 })), { numRuns: 200, seed: 2 })
      .map(([at, bytes]) => ({ leg, what: `at ${at}: ${Buffer.from(bytes).toString("hex")}`, of: changed(at, bytes) })),
    { leg, what: "a megabyte of zeros after it", of: (token: Buffer) => Buffer.concat([token, Buffer.alloc(1 << 20)]) },
  ]);
}

const cut = (to: number) => (token: Buffer) => token.subarray(0, to);
/** Every byte that is touched is another one afterwards. */
const changed = (at: number, by: ArrayLike<number>) => (token: Buffer) => {
  const copy = Buffer.from(token);
  for (let index = 0; index < by.length; index += 1) copy[(at + index) % copy.length]! ^= by[index] || 1;
  return copy;
};

/** All corruptions of an exchange on this provider. */
export function corruptions(provider: SecurityProvider): readonly Corruption[] {
  return all(lengthsOf(provider));
}

export interface Outcome {
  /** How the leg ended that the corrupted message led to, or the error's code. */
  readonly answer: string;
  /** How many native things were still held after it. */
  readonly held: number;
}

/** What becomes of an exchange with a corrupted message. */
export function outcome(provider: SecurityProvider, corruption: Corruption): Outcome {
  const result = lastLeg(provider, corruption);
  const held = Object.values(live()).reduce((sum, count) => sum + count, 0);
  const answer = result instanceof SspiError ? result.code : ((result as Leg).status ?? String(result));
  return { answer, held };
}

/** The leg that the corrupted message led to, or the error. */
function lastLeg(provider: SecurityProvider, { leg, of }: Corruption): Leg | unknown {
  using ntlm = new Ntlm(provider);
  try {
    const negotiate = tokenOf(ntlm.client.stepSync()) as Buffer;
    if (leg === "negotiate") return ntlm.server.stepSync(of(negotiate));
    const challenge = tokenOf(ntlm.server.stepSync(negotiate)) as Buffer;
    if (leg === "challenge") return ntlm.client.stepSync(of(challenge));
    return ntlm.server.stepSync(of(tokenOf(ntlm.client.stepSync(challenge)) as Buffer));
  } catch (error) {
    return error;
  }
}

/** The messages hold this machine's name, so their lengths are its own. */
function lengthsOf(provider: SecurityProvider): Readonly<Record<LegName, number>> {
  using ntlm = new Ntlm(provider);
  const [negotiate = 0, challenge = 0, authenticate = 0] = ntlm.handshakeSync().map((leg) => tokenOf(leg)?.length ?? 0);
  return { negotiate, challenge, authenticate };
}
