/** The platform on which koffi should run; this process except in tests. */
export interface ModuleSurroundings {
  readonly platform: string;
  readonly arch: string;
}

/**
 * koffi, the module that calls native functions, cannot be loaded. The SSPI library itself may exist, but without koffi
 * nothing native can be called. `cause` is the error of Node or koffi.
 */
export class NativeModuleError extends Error {
  /** Identifies the class even where `instanceof` fails: between two copies of this package. */
  readonly code = "SSPI_NATIVE_MODULE";
  /** The npm package that contains koffi's native part for this system. */
  readonly expected: string;

  constructor(cause: unknown, surroundings: ModuleSurroundings) {
    const { platform, arch } = surroundings;
    const expected = `@koromix/koffi-${platform}-${arch}`;
    const reason = cause instanceof Error ? cause.message.replaceAll(/\s+/g, " ").trim() : String(cause);
    super(
      `koffi, which calls native functions, cannot be loaded (this is not about the SSPI library): ${reason}\n` +
        advice(cause, expected, surroundings),
      { cause },
    );
    this.name = "NativeModuleError";
    this.expected = expected;
  }
}

/** The error codes of Node's permission model and of `--no-addons`. */
const forbidden: readonly unknown[] = ["ERR_DLOPEN_DISABLED", "ERR_ACCESS_DENIED"];

function advice(cause: unknown, expected: string, { platform, arch }: ModuleSurroundings): string {
  if (forbidden.includes((cause as { readonly code?: unknown } | undefined)?.code))
    return `Node does not let ${expected} in: --permission needs --allow-addons and --allow-fs-read for its folder, and --no-addons forbids it.`;
  return [
    `Expected are the packages koffi and ${expected}, in node_modules where Node looks for them.`,
    `Run "npm ci" on ${platform} ${arch} itself, with optional dependencies: node_modules of another system, or installed with --omit=optional, lack it.`,
    "A bundler has to keep koffi external, and node_modules beside the bundle has to have it.",
  ].join("\n");
}
