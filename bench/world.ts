// Everything outside the Worker, in this process or beside it: storage, the demo cluster, its proxy, and two keys.

import { Agent } from "../dev/stack/agent.ts";
import { createKey } from "../dev/stack/api-keys.ts";
import { makeSecrets } from "../dev/stack/secrets.ts";
import { startClusters } from "../dev/stack/clusters.ts";
import { workerVariables } from "../dev/stack/stack.ts";
import { bindings, databaseUrl, serve, storage } from "../dev/storage/server.ts";
import { neonSql } from "../src/adapters/neon-sql.ts";
import type { Server } from "./server.ts";

export interface World {
  /** What the Worker needs to find all of it, with limits out of the way. */
  readonly variables: Readonly<Record<string, string>>;
  readonly agentKey: string;
  readonly administratorKey: string;
  stop(): Promise<void>;
}

/** The grammar of rates knows no higher one. */
const HIGHEST_RATE = "9999999/second";

export async function startWorld(): Promise<World> {
  const stops: (() => Promise<unknown>)[] = [];
  const store = await storage();
  stops.push(() => store.close());
  const served = await serve((request) => store.fetch(request));
  stops.push(() => served.close());

  const secrets = makeSecrets();
  const { addresses } = await startClusters({}, secrets, stops);
  const keys = { sql: neonSql(databaseUrl(served.origin, "owner")), pepper: secrets.keyPepper };
  const key = (principal: string, role: string) =>
    createKey(keys, { principal, kind: "agent", roles: ["agent", role], days: 1 });

  return {
    variables: {
      ...bindings(served.origin),
      ...workerVariables(secrets, addresses),
      ALLOWED_ORIGINS: "",
      FRAME_RATE: HIGHEST_RATE,
      // The longest there is: a block of measurements ends before its first drain, which is measured by itself.
      AUDIT_DRAIN_DELAY_MS: "60000",
    },
    agentKey: await key("agent/bench", "observer"),
    administratorKey: await key("agent/bench-administrator", "administrator"),
    async stop() {
      for (const end of stops.reverse()) await end();
    },
  };
}

/** Raises the limits of these tools on a server that has just started, the way an administrator would. */
export async function liftLimits({ port }: Server, tools: readonly string[], key: string): Promise<void> {
  const administrator = await Agent.connect(`ws://127.0.0.1:${port}/mcp`, key);
  for (const tool of tools) {
    const { error } = await administrator.request("tools.configure", { tool, rate_limit: HIGHEST_RATE });
    if (error) throw new Error(`the limit of ${tool} could not be raised: ${error.message}`);
  }
  await administrator.close();
}
