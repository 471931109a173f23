// The composition root: from a checked configuration to everything a deployment is made of. Only here are adapters made.

import { createPolicy } from "./access/policy.ts";
import { ANONYMOUS } from "./access/principal.ts";
import { neonKeyDirectory } from "./adapters/neon-key-directory.ts";
import { neonRunStore } from "./adapters/neon-run-store.ts";
import { neonSql } from "./adapters/neon-sql.ts";
import { ObjectApprovalDesk } from "./adapters/object-approval-desk.ts";
import { ObjectQuotaStore } from "./adapters/object-quota-store.ts";
import { ObjectRuns } from "./adapters/object-runs.ts";
import { ObjectToolSettings } from "./adapters/object-tool-settings.ts";
import { otlpTracing } from "./adapters/otlp-tracing.ts";
import { ProxyActions } from "./adapters/proxy-actions.ts";
import { ProxyClusters } from "./adapters/proxy-clusters.ts";
import { ProxyWatches } from "./adapters/proxy-watches.ts";
import { upstashContextStore } from "./adapters/upstash-context-store.ts";
import { upstashQueryCache } from "./adapters/upstash-query-cache.ts";
import { webhookNotices } from "./adapters/webhook-notices.ts";
import { approvalTokens } from "./approvals/token.ts";
import { Limiter } from "./limits/limiter.ts";
import { ROUND_LIFETIME_MS } from "./mcp/rounds.ts";
import { sessionOpened } from "./native/notifications.ts";
import { auditLog } from "./services/audit-log.ts";
import { consoleServices } from "./services/console.ts";
import { identities } from "./services/identity.ts";
import { operations } from "./services/operations.ts";
import { publicPeer } from "./services/public-peer.ts";
import { cursors } from "./tool/cursor.ts";
import { SERVER } from "./server.ts";
import { offers } from "./tool/offer.ts";
import { quotaUse } from "./tool/quota-use.ts";
import { seals } from "./tool/seal.ts";
import type { Policy } from "./access/policy.ts";
import type { ProxyAccess } from "./adapters/proxy-call.ts";
import type { SinkStub } from "./adapters/object-audit-store.ts";
import type { ApprovalStub } from "./adapters/object-approval-desk.ts";
import type { RunStub } from "./adapters/object-runs.ts";
import type { QuotaStub } from "./adapters/object-quota-store.ts";
import type { Peer } from "./jsonrpc/answer.ts";
import type { Config } from "./config.ts";
import type { ServerFacts } from "./mcp/words.ts";
import type { KeyDirectory } from "./ports/key-directory.ts";
import type { NamespaceWatches } from "./ports/cluster.ts";
import type { Notices, RunStore } from "./ports/runs.ts";
import type { QuotaStore } from "./ports/quota-store.ts";
import type { Tracing } from "./ports/tracing.ts";
import type { AuditLog } from "./services/audit-log.ts";
import type { ConsoleServices } from "./services/console.ts";
import type { Identities } from "./services/identity.ts";
import type { Operations } from "./services/operations.ts";
import type { PublicVisitor } from "./services/public-peer.ts";
import type { MakeTooling } from "./services/tooling.ts";
import type { Capabilities } from "./tool/capabilities.ts";
import type { Seals } from "./tool/seal.ts";
import type { Toolset } from "./tool/toolset.ts";

/** The platform, as far as a deployment needs it. */
export interface Platform {
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly uuid: () => string;
  /** The object that counts what a principal spends. */
  readonly quotaOf: (principalId: string) => QuotaStub;
  /** The authority on approvals and kill switches. */
  readonly approvals: () => ApprovalStub;
  readonly runOf: (runId: string) => RunStub;
  /** Through which journals reach the audit log. */
  readonly sinkOf: (name: string) => SinkStub;
  /** Work that may go on when the request that began it has been answered. */
  readonly background: (work: () => Promise<void>) => void;
}

/** And who is told of the steps of a call; nobody where no collector is configured. */
type Traced = Platform & { readonly tracing: Tracing | undefined };

export interface Services extends Traced, Identities, Operations, ConsoleServices, AuditLog {
  readonly config: Config;
  readonly policy: Policy;
  readonly keys: KeyDirectory;
  readonly quotas: QuotaStore;
  readonly notices: Notices;
  readonly runStore: RunStore;
  readonly toolset: Toolset;
  readonly server: ServerFacts;
  readonly watches: NamespaceWatches;
  /** Seals what a call knows between two rounds of questions. */
  readonly rounds: Seals;
  readonly tooling: MakeTooling;
  /** For a socket or a request without a credential. */
  readonly publicPeer: (visitor: PublicVisitor) => Peer;
  /** Counts the frames of one socket, before anything reads them: false where there are too many. */
  readonly frameGate: () => () => boolean;
  readonly publicGreeting: string;
}

export function createServices(config: Config, given: Platform, toolset: Toolset): Services {
  const platform = { ...given, tracing: config.TRACES && otlpTracing({ ...config.TRACES, ...given }) };
  const policy = createPolicy(config.roles, config.quotas);
  const sql = neonSql(config.DATABASE_URL);
  const keys = neonKeyDirectory(sql);
  const quotas = new ObjectQuotaStore(platform.quotaOf);
  const auditing = auditLog(config, { sql, ...platform });
  const shared = {
    ...sharedCapabilities(config, platform),
    auditReader: auditing.auditReader,
    policyVersion: policy.version,
    quota: quotaUse(quotas, policy),
  };

  const offerUnder = offers({ tools: toolset.tools, policy, clusters: shared.clusters.names });

  const tooling: Services["tooling"] = (settings, catalogue) => {
    const offer = offerUnder(settings);
    const capabilities = { ...shared, settings: new ObjectToolSettings(catalogue), catalogue: offer.catalogue };
    return { registry: offer.registry, capabilities };
  };

  const offered = { toolset, server: SERVER, rounds: roundSeals(config, platform) };
  return {
    ...platform,
    ...offered,
    watches: new ProxyWatches(proxyAccess(config, platform)),
    config,
    policy,
    keys,
    ...auditing,
    ...operations(config, { sql, ...platform }),
    quotas,
    notices: webhookNotices(config.WEBHOOKS ?? [], platform),
    runStore: neonRunStore(sql),
    tooling,
    ...consoleServices(config, { sql, policy, clusters: shared.clusters.names, quotaUse: shared.quota, offerUnder }),
    ...identities(config, { keys, ...platform }),
    publicPeer: (visitor) => publicPeer({ platform, policy, tooling, offered, visitor }),
    frameGate: frameGate(config, platform),
    publicGreeting: sessionOpened(null, ANONYMOUS),
  };
}

function frameGate({ FRAME_RATE }: Config, { now }: Platform): Services["frameGate"] {
  return () => {
    const door = new Limiter();
    return () => door.take("frames", FRAME_RATE, now()).ok;
  };
}

function roundSeals({ KEY_PEPPER: secret }: Config, { now }: Platform): Seals {
  return seals({ secret, purpose: "gatehouse round v1", lifetimeMs: ROUND_LIFETIME_MS, now });
}

/** What is the same for every session. */
function sharedCapabilities(
  config: Config,
  platform: Traced,
): Omit<Capabilities, "settings" | "catalogue" | "quota" | "policyVersion" | "auditReader"> {
  const redis = { url: config.UPSTASH_REDIS_REST_URL, token: config.UPSTASH_REDIS_REST_TOKEN };
  const clusters = new ProxyClusters(proxyAccess(config, platform));
  return {
    clusters,
    cursors: cursors({ secret: config.KEY_PEPPER, now: platform.now }),
    context: upstashContextStore({ ...redis, now: platform.now }),
    queryCache: upstashQueryCache(redis),
    actions: new ProxyActions(actionsAccess(config, platform)),
    approvalTokens: approvalTokens({
      signingKey: config.APPROVAL_SIGNING_KEY,
      previousKey: config.APPROVAL_SIGNING_KEY_PREVIOUS,
      issuer: config.PUBLIC_URL ?? "gatehouse",
      now: platform.now,
    }),
    consoleUrl: config.CONSOLE_URL ?? config.PUBLIC_URL,
    approvals: new ObjectApprovalDesk(platform.approvals),
    runs: new ObjectRuns(platform.runOf),
  };
}

function proxyAccess(config: Config, platform: Traced): ProxyAccess {
  const { CLUSTERS: clusters, PROXY_SIGNING_KEY: signingKey, clusterKeys } = config;
  return { clusters, signingKey, clusterKeys, ...platform };
}

/** The clusters that have an actions proxy, by its address and with the key of their reading one. */
function actionsAccess(config: Config, platform: Traced): ProxyAccess {
  const access = proxyAccess(config, platform);
  const clusters = config.CLUSTERS.flatMap(({ name, actions_url: url }) => (url === undefined ? [] : [{ name, url }]));
  return { ...access, clusters };
}
