// The actions port over HTTP, to the actions proxies of the clusters that have one.

import { err } from "../result.ts";
import type { Actions } from "../ports/actions.ts";

export class ProxyActions implements Actions {
  readonly installed: readonly string[] = [];

  act: Actions["act"] = (_call, { cluster }) => Promise.resolve(err({ kind: "actions_not_installed", cluster }));
  outcome: Actions["outcome"] = (_key, { cluster }) => Promise.resolve(err({ kind: "actions_not_installed", cluster }));
}
