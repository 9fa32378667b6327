import { StructureKind } from "ts-morph";
import type { Model, NativeFunction, Parameter, Provider } from "../model/types.ts";
import { typeAlias } from "./constants.ts";
import { docText, parameterDocs, see } from "./docs.ts";
import { exported, GeneratedFile, type Surroundings } from "./file.ts";
import { scalarType, scalarWord } from "./words.ts";

/** Emits the interface that the system library and a hosted package share. */
export function emitProvider({ provider }: Model, surroundings: Surroundings): GeneratedFile[] {
  if (provider === undefined) return [];
  const stems = [...new Set([provider.table.stem, ...provider.slots.map((slot) => slot.function.stem)])];
  const file = new GeneratedFile(
    "provider.ts",
    stems.map((stem) => `${stem}.json`),
    surroundings,
  );
  const about = [
    `One method per member of ${provider.table.name}: addresses in, status out.`,
    "Memory that an address names has to stay in place until the call returns.",
    ...see(provider.table.docs),
  ];
  file.statements.push(
    {
      kind: StructureKind.Interface,
      isExported: true,
      name: "Provider",
      leadingTrivia: "\n",
      docs: [docText(about)],
      methods: provider.slots.map((slot) => method(file, slot.function)),
    },
    { ...typeAlias("ProviderFunction", "keyof Provider"), docs: ["A function that a provider has."] },
    {
      ...typeAlias("BlockingFunction", blocking(provider)),
      docs: ["Functions that may wait for a server: worth calling off the event loop."],
    },
    slots(file, provider),
    table(file, provider),
  );
  return [file];
}

function method(file: GeneratedFile, declared: NativeFunction) {
  const docs = [declared.summary, ...declared.parameters.map(parameterDocs), ...see(declared.docs)];
  const returns = declared.returns.kind === "pointer" ? file.wordType("Address") : "number";
  return {
    name: declared.name,
    docs: [docText(docs)],
    parameters: declared.parameters.map((parameter) => ({ name: parameter.name, type: addressType(file, parameter) })),
    returnType: declared.returns.kind === "void" ? "void" : returns,
  };
}

function addressType(file: GeneratedFile, { type }: Parameter): string {
  if (type.kind === "struct") return file.wordType("Address");
  return scalarType(scalarWord(type)) === "bigint" ? file.wordType("Address") : "number";
}

function blocking({ slots }: Provider): string {
  const names = slots.filter((slot) => slot.function.mayBlock).map((slot) => `"${slot.function.name}"`);
  return names.length === 0 ? "never" : names.join(" | ");
}

function slots(file: GeneratedFile, { slots, table }: Provider) {
  const entries = slots.map(({ function: declared, member, since }) => {
    const from = `${declared.stem}/functions.ts`;
    file.use(from, `* as ${declared.stem}`);
    const facts = [`declaration: ${declared.stem}.${declared.name}`];
    if (member !== undefined) facts.push(`member: "${member}"`);
    if (since !== undefined) facts.push(`since: ${since}`);
    if (declared.mayBlock) facts.push("mayBlock: true");
    return `${declared.name}: { ${facts.join(", ")} },`;
  });
  const docs = `Where each function is: its export, and its member of ${table.name} with the version it came with.`;
  const type = "Readonly<Record<ProviderFunction, ProviderSlot>>";
  return exported("providerSlots", `{\n${entries.join("\n")}\n}`, docs, type);
}

function table(file: GeneratedFile, provider: Provider) {
  const declaration = file.wordType("FunctionDeclaration");
  return {
    kind: StructureKind.Interface as const,
    isExported: true,
    name: "ProviderSlot",
    properties: [
      { name: "declaration", type: declaration, isReadonly: true },
      {
        name: "member",
        type: "string",
        isReadonly: true,
        hasQuestionToken: true,
        docs: [`Field of ${provider.table.name}; absent for what stands beside it.`],
      },
      {
        name: "since",
        type: "number",
        isReadonly: true,
        hasQuestionToken: true,
        docs: ["The table's version from which the member exists."],
      },
      { name: "mayBlock", type: "true", isReadonly: true, hasQuestionToken: true },
    ],
  };
}
