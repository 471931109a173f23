// One request to the console's API, and whose it is, as each of its routes is handed it.

import type { Visitor } from "../../ports/approval-console.ts";
import type { Services } from "../../services.ts";
import type { Desk } from "./desk.ts";

/** Whoever is there, and how they were known. */
export interface Visit extends Visitor {
  /** What a browser sends by itself is `access` and `cookie`: such a request may have been made by another page. */
  readonly via: "access" | "bearer" | "cookie";
  readonly csrf: string;
  /** When the credential was last looked up, or checked. */
  readonly verifiedAtMs: number;
}

/** One request of somebody who is known. */
export interface Asked {
  readonly request: Request;
  readonly visit: Visit;
  readonly desk: Desk;
  readonly id: string;
  readonly services: Services;
}
