// What a deployment is watched and accounted for by: the audit log and its sinks, the probes of its upstreams, its refusals.

import { neonAuditStore } from "../adapters/neon-audit-store.ts";
import { neonHealth } from "../adapters/neon-health.ts";
import { neonSql } from "../adapters/neon-sql.ts";
import { objectAuditStore } from "../adapters/object-audit-store.ts";
import { proxyHealth } from "../adapters/proxy-health.ts";
import { upstashHealth } from "../adapters/upstash-health.ts";
import { Tally } from "../metrics/tally.ts";
import { CallLog } from "../tool/call-log.ts";
import type { Sql } from "../adapters/neon-sql.ts";
import type { SinkStub } from "../adapters/object-audit-store.ts";
import type { Config } from "../config.ts";
import type { AuditStore } from "../ports/audit-store.ts";
import type { Probe } from "../ports/health.ts";

export interface Operations {
  /** Through the sinks, which insert for many journals together. */
  readonly audit: AuditStore;
  /** The log itself: for the sinks. */
  readonly auditStore: AuditStore;
  /** What is asked whether it answers. */
  readonly probes: readonly Probe[];
  /** What this isolate refused at the door, until it is reported. */
  readonly refusals: Tally;
  /** Of the calls in this isolate. */
  readonly callLog: CallLog;
}

export interface OperationsParts {
  readonly sql: Sql;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly sinkOf: (name: string) => SinkStub;
}

export function operations(config: Config, { sql, fetch, now, sinkOf }: OperationsParts): Operations {
  const auditStore = neonAuditStore(sql);
  const { DATABASE_READER_URL: readerUrl, UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = config;
  return {
    audit: objectAuditStore({ sinkOf, shards: config.AUDIT_SHARDS, direct: auditStore }),
    auditStore,
    probes: [
      upstashHealth({ url, token }),
      neonHealth("postgres", sql),
      ...(readerUrl === undefined
        ? []
        : [{ ...neonHealth("postgres reader", neonSql(readerUrl)), isOptional: true as const }]),
      ...config.CLUSTERS.map((cluster) => proxyHealth(cluster, { fetch })),
    ],
    refusals: new Tally(),
    callLog: new CallLog({ oneIn: config.LOG_CALLS_ONE_IN, now }),
  };
}
