import { type CancelOptions, cancelNames, type OptionNames, readOptions, shapeOf } from "../../values/index.ts";
import type { LegBuffer } from "./leg-buffers.ts";
import type { LegAdditions } from "./leg-call.ts";
import type { LegOutputRequest } from "./leg-output.ts";
import type { Plan } from "./plan.ts";

/** What one leg takes besides the peer's token. */
export interface LegOptions {
  /** More input for the package. The copies that it reads are zeroed after the leg. */
  readonly buffers?: readonly LegBuffer[];
  /** Buffers for the package to fill besides that of its token; the leg's `output` has what it put there. */
  readonly output?: readonly LegOutputRequest[];
}

/** What a leg off the event loop takes besides the peer's token. */
export interface StepOptions extends LegOptions, CancelOptions {}

const legOptionNames: OptionNames<LegOptions> = { buffers: true, output: true };
const stepOptionNames: OptionNames<StepOptions> = { ...legOptionNames, ...cancelNames };
const none: readonly never[] = [];

/** A copy of a caller's options. @throws TypeError */
export function readLegOptions(options: LegOptions | undefined): LegOptions | undefined {
  return options === undefined ? undefined : checkLists(readOptions<LegOptions>(options, "options", legOptionNames));
}

/** A copy of a caller's options. @throws TypeError */
export function readStepOptions(options: StepOptions | undefined): StepOptions | undefined {
  return options === undefined ? undefined : checkLists(readOptions<StepOptions>(options, "options", stepOptionNames));
}

/** Whatever has no elements would be passed over. */
function checkLists<O extends LegOptions>(options: O): O {
  for (const name of ["buffers", "output"] as const)
    if (options[name] !== undefined && !Array.isArray(options[name]))
      throw new TypeError(`${name}: expected an array of buffers, got ${shapeOf(options[name])}`);
  return options;
}

/** What a leg has besides its token; undefined where, as mostly, there is nothing. */
export function additionsOf(plan: Plan, opens: boolean, given: LegOptions | undefined): LegAdditions | undefined {
  const { always = none } = plan;
  const opening = opens ? plan.opening : undefined;
  const { buffers = none, output = none } = given ?? {};
  if (buffers === none && output === none && always === none && opening === undefined) return undefined;
  return { input: opening ? [...always, ...opening] : always, given: buffers, output };
}
