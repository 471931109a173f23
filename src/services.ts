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
import { ProxyActions } from "./adapters/proxy-actions.ts";
import { ProxyClusters } from "./adapters/proxy-clusters.ts";
import { ProxyWatches } from "./adapters/proxy-watches.ts";
import { upstashContextStore } from "./adapters/upstash-context-store.ts";
import { upstashQueryCache } from "./adapters/upstash-query-cache.ts";
import { webhookNotices } from "./adapters/webhook-notices.ts";
import { approvalTokens } from "./approvals/token.ts";
import { createPeer } from "./dialect/peer.ts";
import { InFlight } from "./jsonrpc/in-flight.ts";
import { Limiter } from "./limits/limiter.ts";
import { causeOf, log } from "./log.ts";
import { ROUND_LIFETIME_MS } from "./mcp/rounds.ts";
import { Questions } from "./mcp/questions.ts";
import { ToolLists } from "./mcp/tool-list.ts";
import { sessionOpened } from "./native/notifications.ts";
import { ok } from "./result.ts";
import { auditLog } from "./services/audit-log.ts";
import { identities } from "./services/identity.ts";
import { cursors } from "./tool/cursor.ts";
import { SERVER } from "./server.ts";
import { offers } from "./tool/offer.ts";
import { quotaUse } from "./tool/quota-use.ts";
import { seals } from "./tool/seal.ts";
import type { Policy } from "./access/policy.ts";
import type { ProxyAccess } from "./adapters/proxy-call.ts";
import type { ApprovalStub } from "./adapters/object-approval-desk.ts";
import type { RunStub } from "./adapters/object-runs.ts";
import type { QuotaStub } from "./adapters/object-quota-store.ts";
import type { CatalogueStub } from "./adapters/object-tool-settings.ts";
import type { Peer } from "./jsonrpc/answer.ts";
import type { Config } from "./config.ts";
import type { McpPeer } from "./mcp/context.ts";
import type { Handshake } from "./mcp/handshake.ts";
import type { Outbox } from "./mcp/outbox.ts";
import type { ServerFacts } from "./mcp/words.ts";
import type { KeyDirectory } from "./ports/key-directory.ts";
import type { NamespaceWatches } from "./ports/cluster.ts";
import type { Notices, RunStore } from "./ports/runs.ts";
import type { QuotaStore } from "./ports/quota-store.ts";
import type { ToolSettings } from "./ports/tool-settings.ts";
import type { AuditLog } from "./services/audit-log.ts";
import type { Identities } from "./services/identity.ts";
import type { CallSession } from "./tool/session.ts";
import type { Capabilities } from "./tool/capabilities.ts";
import type { Seals } from "./tool/seal.ts";
import type { Toolset } from "./tool/toolset.ts";
import type { Registry } from "./tool/registry.ts";

/** The tools as a deployment has set them, and what they may use. */
export interface Tooling {
  readonly registry: Registry;
  readonly capabilities: Capabilities;
}

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
}

export interface Services extends Platform, Identities, AuditLog {
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
  readonly tooling: (settings: ToolSettings, catalogue: () => CatalogueStub) => Tooling;
  /** For a socket or a request without a credential. */
  readonly publicPeer: (visitor: PublicVisitor) => Peer;
  /** Counts the frames of one socket, before anything reads them: false where there are too many. */
  readonly frameGate: () => () => boolean;
  readonly publicGreeting: string;
}

/** Nobody's refusals are counted in the log: there is no session to keep a journal for them. */
export type OnRefusal = (refusal: { readonly reason: string | undefined; readonly tool: string | undefined }) => void;

export interface PublicVisitor {
  readonly onRefusal: OnRefusal;
  readonly out: Outbox;
  readonly headerVersion?: string | undefined;
}

export function createServices(config: Config, platform: Platform, toolset: Toolset): Services {
  const policy = createPolicy(config.roles, config.quotas);
  const sql = neonSql(config.DATABASE_URL);
  const keys = neonKeyDirectory(sql);
  const quotas = new ObjectQuotaStore(platform.quotaOf);
  const shared = {
    ...sharedCapabilities(config, platform),
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
    ...auditLog(config, { sql, ...platform }),
    quotas,
    notices: webhookNotices(config.WEBHOOKS ?? [], platform),
    runStore: neonRunStore(sql),
    tooling,
    ...identities(config, { keys, ...platform }),
    publicPeer: (visitor) => publicPeer({ platform, policy, tooling, offered, visitor }),
    frameGate: () => {
      const door = new Limiter();
      return () => door.take("frames", config.FRAME_RATE, platform.now()).ok;
    },
    publicGreeting: sessionOpened(null, ANONYMOUS),
  };
}

function roundSeals({ KEY_PEPPER: secret }: Config, { now }: Platform): Seals {
  return seals({ secret, purpose: "gatehouse round v1", lifetimeMs: ROUND_LIFETIME_MS, now });
}

/** What is the same for every session. */
function sharedCapabilities(
  config: Config,
  platform: Platform,
): Omit<Capabilities, "settings" | "catalogue" | "quota" | "policyVersion"> {
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

function proxyAccess(config: Config, platform: Platform): ProxyAccess {
  const { CLUSTERS: clusters, PROXY_SIGNING_KEY: signingKey, clusterKeys } = config;
  return { clusters, signingKey, clusterKeys, ...platform };
}

/** The clusters that have an actions proxy, by its address and with the key of their reading one. */
function actionsAccess(config: Config, platform: Platform): ProxyAccess {
  const access = proxyAccess(config, platform);
  const clusters = config.CLUSTERS.flatMap(({ name, actions_url: url }) => (url === undefined ? [] : [{ name, url }]));
  return { ...access, clusters };
}

interface Anonymous {
  readonly platform: Platform;
  readonly policy: Policy;
  readonly tooling: Services["tooling"];
  readonly offered: Pick<Services, "toolset" | "server" | "rounds">;
  readonly visitor: PublicVisitor;
}

/** The same pipeline as every session's, in the Worker's memory and with nothing behind it. */
function publicPeer({ platform, policy, tooling, offered, visitor }: Anonymous): Peer {
  const written = Promise.resolve(ok(undefined));
  const session: CallSession = {
    actor: { caller: ANONYMOUS, sessionId: "", sourceIp: undefined, policyVersion: policy.version },
    standing: () => Promise.resolve(ok({ caller: ANONYMOUS, isFresh: true })),
    policy,
    limiter: new Limiter(),
    quota: { spend: () => Promise.resolve(ok(undefined)) },
    journal: {
      admit: () => ok(undefined),
      write: () => written,
      writeDurably: () => written,
      refuse: (entry) => {
        visitor.onRefusal({ reason: entry.reason, tool: entry.tool });
        return written;
      },
    },
    ...tooling({}, unreachable),
    running: new Set(),
    now: platform.now,
    uuid: platform.uuid,
  };
  const onCrash = (cause: unknown) => log("error", "call.crashed", causeOf(cause));
  const { out, headerVersion } = visitor;
  const mcp = { ...offered, questions: new Questions(platform.uuid), lists: new ToolLists(), handshake: forgetful() };
  return createPeer({ ...mcp, session, inFlight: new InFlight(), out, onCrash }, headerVersion);
}

/** For as long as the socket stands, or the one request. */
function forgetful(): McpPeer["handshake"] {
  let agreed: Handshake | undefined;
  return {
    current: () => agreed,
    agree: (handshake) => {
      agreed = handshake;
    },
  };
}

function unreachable(): never {
  throw new Error("an anonymous session changes no settings");
}
