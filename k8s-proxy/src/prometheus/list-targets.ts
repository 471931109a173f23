// Answers what Prometheus scrapes and what it cannot reach. For those only who may see the whole cluster.
import { ok } from "../result.ts";
import { safe } from "../safe.ts";
import { Targets } from "./api-answer.ts";
import { configured, wholeCluster } from "./guard.ts";
import { rounded } from "./numbers.ts";
import { withoutSecrets } from "./scrape-url.ts";

import type { ROUTES, ScrapePool, ScrapeTarget } from "../contract/index.ts";
import type { Handles } from "../reading.ts";
import type { ApiTarget } from "./api-answer.ts";

const MAX_NAME_LENGTH = 256;
const MAX_ERROR_LENGTH = 300;

export const listTargets: Handles<typeof ROUTES.listTargets> = async ({ health, pool, limit }, reading) => {
  const allowed = wholeCluster(reading, "Scrape targets belong to");
  if (!allowed.ok) return allowed;
  const prometheus = configured(reading);
  if (!prometheus.ok) return prometheus;
  const read = await prometheus.value.read(
    { path: ["targets"], query: { state: "active" }, data: Targets },
    reading.signal,
  );
  if (!read.ok) return read;

  const inPool = read.value.data.activeTargets.filter(({ scrapePool }) => pool === undefined || scrapePool === pool);
  const wanted = inPool.filter((target) => health === "any" || target.health === health);
  return ok({
    targets: wanted.slice(0, limit).map(targetOf),
    pools: [...poolsOf(inPool)],
    total: wanted.length,
    ...hintFor(wanted.length, { all: inPool.length, limit, health }),
  });
};

function targetOf(target: ApiTarget): ScrapeTarget {
  const { scrapePool, labels, health, scrapeUrl, lastError, lastScrape, lastScrapeDuration } = target;
  return {
    pool: safe(scrapePool, MAX_NAME_LENGTH),
    instance: safe(labels.instance ?? "", MAX_NAME_LENGTH),
    health: safe(health, 32),
    ...(scrapeUrl && { url: safe(withoutSecrets(scrapeUrl), MAX_NAME_LENGTH) }),
    ...(lastError && { last_error: safe(withoutSecrets(lastError), MAX_ERROR_LENGTH) }),
    // Go writes the year 1 for never.
    ...(lastScrape && !lastScrape.startsWith("0001-") && { last_scrape: safe(lastScrape, 40) }),
    duration_s: rounded(lastScrapeDuration),
  };
}

function poolsOf(targets: readonly ApiTarget[]): readonly ScrapePool[] {
  const pools = new Map<string, { pool: string; up: number; down: number; unknown: number }>();
  for (const { scrapePool, health } of targets) {
    const pool = pools.get(scrapePool) ?? { pool: safe(scrapePool, MAX_NAME_LENGTH), up: 0, down: 0, unknown: 0 };
    pool[health === "up" || health === "down" ? health : "unknown"] += 1;
    pools.set(scrapePool, pool);
  }
  return [...pools.values()].toSorted((a, b) => b.down - a.down || (a.pool < b.pool ? -1 : 1));
}

function hintFor(
  total: number,
  { all, limit, health }: { readonly all: number; readonly limit: number; readonly health: string },
): { hint?: string } {
  if (total > limit) return { hint: `There are ${total} targets: narrow by pool.` };
  if (total > 0) return {};
  if (all === 0) return { hint: "There are no targets; leave out pool to see all of them." };
  return { hint: `None of ${all} targets is ${health}; ask with health "any" to see them.` };
}
