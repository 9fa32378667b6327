import { type CancelOptions, cancelNames, checkArray, type OptionNames, readOptions } from "../../values/index.ts";
import type { LegBuffer } from "./leg-buffers.ts";
import type { LegAdditions } from "./leg-call.ts";
import type { LegOutputRequest } from "./leg-output.ts";
import type { Plan } from "./plan.ts";

/** The options of one leg. */
export interface LegOptions {
  /** Additional input for the package. The copies that the package reads are zeroed after the leg. */
  readonly buffers?: readonly LegBuffer[];
  /** Additional buffers for the package to fill; the leg's `output` contains what it wrote. */
  readonly output?: readonly LegOutputRequest[];
}

/** The options of a leg off the event loop. */
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

/** Refuses a value that is not an array: without elements it would be ignored silently. */
function checkLists<O extends LegOptions>(options: O): O {
  for (const name of ["buffers", "output"] as const)
    if (options[name] !== undefined) checkArray(options[name], name, "an array of buffers");
  return options;
}

/** The additional buffers of a leg; undefined if there are none, the usual case. */
export function additionsOf(plan: Plan, opens: boolean, given: LegOptions | undefined): LegAdditions | undefined {
  const { always = none } = plan;
  const opening = opens ? plan.opening : undefined;
  const { buffers = none, output = none } = given ?? {};
  if (buffers === none && output === none && always === none && opening === undefined) return undefined;
  return { input: opening ? [...always, ...opening] : always, given: buffers, output };
}
