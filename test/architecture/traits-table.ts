import { gssapiTraits } from "../../src/gssapi/gssapi-traits.ts";
import { traitsOfLibrary } from "../../src/native/known-traits.ts";
import type { ProviderTraits } from "../../src/native/provider-traits.ts";
import { PackageHost } from "../../src/packages.ts";
import { seenOn } from "../live/traits/seen-on.ts";
import { parsedSource } from "./source-project.ts";

type Trait = keyof ProviderTraits;

/** The meaning of each trait: the sentence beside its declaration. */
function meanings(): ReadonlyMap<string, string> {
  const declared = parsedSource("src/native/provider-traits.ts");
  return new Map(
    declared
      .getInterfaceOrThrow("ProviderTraits")
      .getProperties()
      .map((property) => {
        const text = property.getJsDocs().map((doc) => doc.getDescription().trim().replaceAll(/\s+/g, " "));
        return [property.getName(), text.join(" ")];
      }),
  );
}

function shown(value: ProviderTraits[Trait]): string {
  if (typeof value === "boolean") return value ? "yes" : "**no**";
  if (typeof value === "string") return value;
  return value.join(", ") || "**none**";
}

/** Whether a test observes that a provider behaves as its trait says. */
function isSeen(name: string, column: string): boolean {
  return (seenOn[name as Trait] as readonly string[]).includes(column);
}

/** The traits that the known providers state on this system, as the table of docs/providers.md. */
export function traitsTable(): string {
  using host = new PackageHost();
  const columns: Readonly<Record<string, ProviderTraits>> = {
    Windows: traitsOfLibrary("secur32", undefined, () => false),
    Wine: traitsOfLibrary("secur32", undefined, () => true),
    "WinPR 2": traitsOfLibrary("winpr", "2.11", () => false),
    "WinPR 3": traitsOfLibrary("winpr", "3.10", () => false),
    "GSSAPI (MIT)": gssapiTraits("mit"),
    "GSSAPI (Heimdal)": gssapiTraits("heimdal"),
    "sspi-rs": traitsOfLibrary("sspi-rs", undefined, () => false),
    "packages in this process": host.provider.traits,
  };
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rows = [...meanings()].map(([name, meaning]) => {
    const values = Object.entries(columns).map(([column, traits]) => {
      const value = shown(traits[name as Trait]);
      return isSeen(name, column) ? `${value} ✓` : value;
    });
    return row([`\`${name}\`: ${meaning}`, ...values]);
  });
  const head = ["trait", ...Object.keys(columns)];
  return [row(head), `|${"---|".repeat(head.length)}`, ...rows].join("\n");
}
