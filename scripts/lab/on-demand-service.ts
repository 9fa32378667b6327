import type { Lab } from "./description.ts";
import type { Service } from "./service.ts";

/** The facts about a running lab that a service needs to start in it. */
export interface Surroundings {
  readonly lab: Lab;
  /** A folder; the content of files in it becomes part of every program's Kerberos configuration. */
  readonly moreRealms: string;
}

export interface Started<Offers> {
  readonly service: Service;
  /** The facts about the service that a suite needs: plain data. */
  readonly offers: Offers;
}
