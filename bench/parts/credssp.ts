import { credsspHandshakes } from "../credssp-handshakes.ts";
import { table } from "../report.ts";
import type { Found, Run } from "../run.ts";

/** NTLM inside, whose users are in the file. */
export async function credssp({ setting: { library, samFile }, size }: Run): Promise<Found> {
  const rates = await credsspHandshakes({ library, samFile }, size.credssp);
  const rows = rates.map(({ contender, handshakesPerSecond }) => [contender, `${handshakesPerSecond.toFixed(0)}/s`]);
  console.log(`${table([["CredSSP, TLS 1.3, P-256, NTLM", "handshakes"], ...rows])}\n`);
  return { goals: [] };
}
