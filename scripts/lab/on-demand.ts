import { missingPackages, type PeerComponentName } from "./components.ts";
import { startDirectory } from "./directory.ts";
import { startRdesktopDisplay } from "./display.ts";
import { startDomainController } from "./domain-controller/domain-controller.ts";
import type { Started, Surroundings } from "./on-demand-service.ts";
import { isRunning } from "./owner.ts";
import { startProxy } from "./proxy.ts";
import { startFreerdp2, startFreerdp3 } from "./remote-desktop.ts";

interface Recipe<Offers> {
  /** The service's name in messages. */
  readonly title: string;
  readonly components: readonly PeerComponentName[];
  start(surroundings: Surroundings): Promise<Started<Offers>>;
}

/** Services that take seconds to start, or that not every distribution has: they start when a suite needs them. */
const recipes = {
  samba: {
    title: "the domain controller",
    components: ["gcc", "samba", "sambaProvision", "sambaDirectory", "pythonMarkdown"],
    start: startDomainController,
  },
  slapd: { title: "the directory", components: ["slapd", "saslGssapi"], start: startDirectory },
  squid: { title: "the proxy", components: ["squid", "squidKerberos"], start: startProxy },
  freerdp2: {
    title: "FreeRDP 2's server",
    components: ["freerdpShadow2", "freerdpClient2", "xvfb", "xauth"],
    start: startFreerdp2,
  },
  freerdp3: {
    title: "FreeRDP 3's server",
    components: ["freerdpShadow3", "freerdpClient3", "xvfb", "xauth"],
    start: startFreerdp3,
  },
  rdesktop: { title: "rdesktop's display", components: ["rdesktop", "xvfb", "xauth"], start: startRdesktopDisplay },
  impacket: { title: "impacket", components: ["impacketRdp"], start: () => program("impacket") },
} as const satisfies Record<string, Recipe<unknown>>;

/** A client program that needs no running service before it is started. */
async function program(name: string): Promise<Started<null>> {
  return { service: { name, pid: process.pid, stop: async () => {} }, offers: null };
}

export type OnDemandName = keyof typeof recipes;
export type Offers<N extends OnDemandName> = Awaited<ReturnType<(typeof recipes)[N]["start"]>>["offers"];

/** The result of a request for a service. */
export type Demanded<N extends OnDemandName> =
  | { readonly offers: Offers<N> }
  /** The Debian packages that are not installed. */
  | { readonly missing: readonly string[] }
  /** The reason why it does not run, with its name. */
  | { readonly complaint: string };

export const onDemandNames: readonly string[] = Object.keys(recipes);

export function isOnDemand(name: string): name is OnDemandName {
  return Object.hasOwn(recipes, name);
}

/** The services of one lab that suites have requested. */
export class OnDemandServices {
  readonly #surroundings: Surroundings;
  readonly #withheld = new Set<OnDemandName>();
  readonly #started = new Map<OnDemandName, Promise<Started<unknown>>>();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** Treats a service's programs as not installed, for tests of the resulting messages. */
  withhold(name: OnDemandName): void {
    this.#withheld.add(name);
  }

  /** Starts a service on its first request; later requests share it. */
  async demand<N extends OnDemandName>(name: N): Promise<Demanded<N>> {
    const { title, components, start } = recipes[name];
    const missing = missingPackages(components, this.#withheld.has(name) ? () => false : undefined);
    if (missing.length > 0) return { missing };
    const starting = this.#started.get(name) ?? start(this.#surroundings);
    this.#started.set(name, starting);
    try {
      const { service, offers } = await starting;
      if (isRunning(service.pid)) return { offers: offers as Offers<N> };
      return { complaint: `${title} of the lab does not run (${name}, process ${service.pid})` };
    } catch (error) {
      return { complaint: `${title} of the lab did not start (${name}): ${(error as Error).message}` };
    }
  }

  async stop(): Promise<void> {
    const ended = [...this.#started.values()].map(async (starting) => (await starting).service.stop());
    await Promise.allSettled(ended);
  }
}
