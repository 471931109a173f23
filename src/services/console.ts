// What the console needs besides what calls need: keys to be changed, and the pipeline's answers with nothing run.

import { mintApiKey } from "../access/api-key.ts";
import { neonKeyAdmin } from "../adapters/neon-key-admin.ts";
import { mayCall, simulate } from "../tool/simulate.ts";
import type { MintedKey } from "../access/api-key.ts";
import type { Policy } from "../access/policy.ts";
import type { Principal } from "../access/principal.ts";
import type { Sql } from "../adapters/neon-sql.ts";
import type { Config } from "../config.ts";
import type { KeyAdmin } from "../ports/key-admin.ts";
import type { ToolSettings } from "../ports/tool-settings.ts";
import type { Offer } from "../tool/offer.ts";
import type { QuotaUse } from "../tool/quota-use.ts";
import type { Question, Rules, Simulated } from "../tool/simulate.ts";

export interface ConsoleServices {
  readonly keyAdmin: KeyAdmin;
  readonly mintKey: () => MintedKey;
  readonly quotaUse: QuotaUse;
  /** What would become of a call, by the settings of this moment; for people to look at. */
  readonly judge: (settings: ToolSettings) => Judge;
}

export interface Judge extends Rules {
  readonly simulate: (question: Question) => Simulated;
  readonly mayCall: (caller: Principal, name: string) => ReturnType<typeof mayCall>;
}

interface Parts {
  readonly sql: Sql;
  readonly policy: Policy;
  readonly clusters: readonly string[];
  readonly quotaUse: QuotaUse;
  readonly offerUnder: (settings: ToolSettings) => Offer;
}

export function consoleServices({ KEY_PEPPER: pepper }: Pick<Config, "KEY_PEPPER">, parts: Parts): ConsoleServices {
  const { sql, policy, clusters, quotaUse, offerUnder } = parts;
  return {
    keyAdmin: neonKeyAdmin(sql),
    mintKey: () => mintApiKey((bytes) => crypto.getRandomValues(new Uint8Array(bytes)), pepper),
    quotaUse,
    judge: (settings) => {
      const rules = { registry: offerUnder(settings).registry, policy, clusters };
      return {
        ...rules,
        simulate: (question) => simulate(question, rules),
        mayCall: (caller, name) => mayCall(caller, name, rules),
      };
    },
  };
}
