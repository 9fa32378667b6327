import type { Lab } from "./description.ts";
import type { Service } from "./service.ts";

/** What a service finds that is started in a lab that runs. */
export interface Surroundings {
  readonly lab: Lab;
  /** What is written to files in here becomes part of everybody's configuration of Kerberos. */
  readonly moreRealms: string;
}

export interface Started<Offers> {
  readonly service: Service;
  /** What a suite has to know of it: plain data. */
  readonly offers: Offers;
}
