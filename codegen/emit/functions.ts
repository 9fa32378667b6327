import type { Callback, Header, Model } from "../model/types.ts";
import { callbackDocs, docText, functionDocs, see } from "./docs.ts";
import { exported, type GeneratedFile, type Surroundings } from "./file.ts";
import { emitGroups, groupPath } from "./groups.ts";
import { SignatureEmitter } from "./signature.ts";

export function emitFunctions({ stem, functions }: Header, model: Model, surroundings: Surroundings): GeneratedFile[] {
  return emitGroups(
    `${stem}/functions`,
    [`${stem}.json`],
    functions,
    (file, declared) => {
      const signatures = new SignatureEmitter(file, model);
      const [name = "", header = "", ...rest] = signatures.facts(declared);
      const { libraries, release, resultReleasedBy } = declared;
      const facts = [
        ...[name, header, `libraries: ${JSON.stringify(libraries)}`],
        ...(release === undefined ? [] : ["releases: true"]),
        ...(resultReleasedBy === undefined ? [] : [`resultReleasedBy: "${resultReleasedBy}"`]),
        ...rest,
      ];
      const call = `${file.word("declareFunction")}<${signatures.rawType(declared)}>({ ${facts.join(", ")} })`;
      file.statements.push(exported(declared.name, call, functionDocs(declared)));
    },
    surroundings,
  );
}

export function emitCallbacks({ stem, callbacks }: Header, model: Model, surroundings: Surroundings): GeneratedFile[] {
  return emitGroups(
    `${stem}/callbacks`,
    [`${stem}.json`],
    callbacks,
    (file, declared) => {
      const signatures = new SignatureEmitter(file, model);
      const facts = signatures.facts(declared).join(", ");
      const call = `${file.word("declareCallback")}<${signatures.nativeType(declared)}>({ ${facts} })`;
      const docs = declared.like === undefined ? callbackDocs(declared) : likeDocs(declared);
      file.statements.push(exported(declared.name, call, docs));
    },
    surroundings,
  );
}

/** Only links to the function, whose own docstring explains the rest. */
function likeDocs({ like, docs }: Callback): string {
  return docText([`A pointer to ${like}.`, ...see(docs)]);
}

/** Emits every function, bound on first use. */
export function emitCalls({ stem, functions }: Header, surroundings: Surroundings): GeneratedFile[] {
  return emitGroups(
    `${stem}/raw`,
    [`${stem}.json`],
    functions,
    (file, declared) => {
      file.use(groupPath(`${stem}/functions`, declared.group), "* as functions");
      const call = `${file.use("callable", "callable")}(functions.${declared.name})`;
      file.statements.push(exported(declared.name, call, functionDocs(declared)));
    },
    surroundings,
  );
}
