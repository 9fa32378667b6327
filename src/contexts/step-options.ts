import { type OptionNames, readOptions } from "../values/index.ts";
import type { LegBuffer } from "./leg-buffers.ts";
import type { LegAdditions } from "./leg-call.ts";
import type { LegOutputRequest } from "./leg-output.ts";
import type { Plan } from "./plan.ts";

/** What one leg takes besides the peer's token. */
export interface StepOptions {
  /** More input for the package. The copies that it reads are zeroed after the leg. */
  readonly buffers?: readonly LegBuffer[];
  /** Buffers for the package to fill besides that of its token; the leg's `output` has what it put there. */
  readonly output?: readonly LegOutputRequest[];
}

const stepOptionNames: OptionNames<StepOptions> = { buffers: true, output: true };
const none: readonly never[] = [];

/** What a leg has besides its token; undefined where, as mostly, there is nothing. @throws TypeError */
export function additionsOf(plan: Plan, opens: boolean, options: StepOptions | undefined): LegAdditions | undefined {
  const { always = none } = plan;
  const opening = opens ? plan.opening : undefined;
  if (options === undefined && always === none && opening === undefined) return undefined;
  const given = options === undefined ? {} : readOptions<StepOptions>(options, "options", stepOptionNames);
  return {
    input: opening ? [...always, ...opening] : always,
    given: given.buffers ?? none,
    output: given.output ?? none,
  };
}
