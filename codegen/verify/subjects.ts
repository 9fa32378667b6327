import type { Abi } from "../../src/ctypes/abi.ts";
import type { Model } from "../model/types.ts";
import { callbackSubject, functionSubject } from "./signature-subjects.ts";
import { structSubjects } from "./struct-subjects.ts";
import type { Subject } from "./subject.ts";
import { valueSubjects } from "./value-subjects.ts";

/** Returns everything that the metadata says about headers, as C code for the compiler of an ABI. */
export function subjectsOf(model: Model, abi: Abi): Subject[] {
  return model.headers.flatMap((header) => [
    ...header.structs.flatMap((struct) => structSubjects(struct, model, abi)),
    ...valueSubjects(header),
    ...header.functions.map(functionSubject),
    ...header.callbacks.map(callbackSubject),
  ]);
}
