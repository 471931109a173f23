// What every controller works with: the objects, the clock, and things to do later.
import { hex } from "../random.ts";

import type { ApiObject } from "../api-object.ts";
import type { WriteWorld } from "../writes/write-request.ts";
import type { Agenda } from "./agenda.ts";

export interface Stage extends WriteWorld {
  readonly agenda: Agenda;
  /** The same at every start, so that names are, too. */
  readonly random: () => number;
  /** As they were recorded, whatever has become of them: a new pod fares as those did. */
  readonly recordedPods: readonly ApiObject[];
}

export function uuid(random: () => number): string {
  return [8, 4, 4, 4, 12].map((length) => hex(random, length)).join("-");
}
