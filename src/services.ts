// The composition root: from a checked configuration to everything a deployment is made of. Only here are adapters made.

import { createPolicy } from "./access/policy.ts";
import { ANONYMOUS } from "./access/principal.ts";
import { neonAuditStore } from "./adapters/neon-audit-store.ts";
import { neonKeyDirectory } from "./adapters/neon-key-directory.ts";
import { neonSql } from "./adapters/neon-sql.ts";
import { ObjectToolSettings } from "./adapters/object-tool-settings.ts";
import { ProxyClusters } from "./adapters/proxy-clusters.ts";
import { upstashContextStore } from "./adapters/upstash-context-store.ts";
import { upstashQueryCache } from "./adapters/upstash-query-cache.ts";
import { InFlight } from "./jsonrpc/in-flight.ts";
import { Limiter } from "./limits/limiter.ts";
import { causeOf, log } from "./log.ts";
import { sessionOpened } from "./native/notifications.ts";
import { nativePeer } from "./native/peer.ts";
import { ok } from "./result.ts";
import { Authenticator } from "./tool/authenticate.ts";
import { cursors } from "./tool/cursor.ts";
import { offers } from "./tool/offer.ts";
import { tools } from "./tools/index.ts";
import type { Unauthenticated } from "./access/api-key.ts";
import type { Policy } from "./access/policy.ts";
import type { CatalogueStub } from "./adapters/object-tool-settings.ts";
import type { Peer } from "./jsonrpc/answer.ts";
import type { Config } from "./config.ts";
import type { AuditStore } from "./ports/audit-store.ts";
import type { UpstreamFailure } from "./ports/failure.ts";
import type { KeyDirectory } from "./ports/key-directory.ts";
import type { ToolSettings } from "./ports/tool-settings.ts";
import type { Result } from "./result.ts";
import type { CallSession } from "./tool/session.ts";
import type { Capabilities } from "./tool/capabilities.ts";
import type { Registry } from "./tool/registry.ts";
import type { Verified } from "./tool/standing.ts";

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
}

export interface Services extends Platform {
  readonly config: Config;
  readonly policy: Policy;
  readonly keys: KeyDirectory;
  readonly audit: AuditStore;
  readonly tooling: (settings: ToolSettings, catalogue: () => CatalogueStub) => Tooling;
  readonly authenticate: (credential: string) => Promise<Result<Verified, Unauthenticated | UpstreamFailure>>;
  /** For a socket without a credential. */
  readonly publicPeer: (onRefusal: OnRefusal) => Peer;
  /** Counts the frames of one socket, before anything reads them: false where there are too many. */
  readonly frameGate: () => () => boolean;
  readonly publicGreeting: string;
}

/** Nobody's refusals are counted in the log: there is no session to keep a journal for them. */
export type OnRefusal = (refusal: { readonly reason: string | undefined; readonly tool: string | undefined }) => void;

export function createServices(config: Config, platform: Platform): Services {
  const policy = createPolicy(config.roles);
  const sql = neonSql(config.DATABASE_URL);
  const keys = neonKeyDirectory(sql);
  const authenticator = new Authenticator({ keys, pepper: config.KEY_PEPPER, now: platform.now });
  const shared = sharedCapabilities(config, platform);

  const offerUnder = offers({ tools, policy, clusters: shared.clusters.names });

  const tooling: Services["tooling"] = (settings, catalogue) => {
    const offer = offerUnder(settings);
    const capabilities = { ...shared, settings: new ObjectToolSettings(catalogue), catalogue: offer.catalogue };
    return { registry: offer.registry, capabilities };
  };

  return {
    ...platform,
    config,
    policy,
    keys,
    audit: neonAuditStore(sql),
    tooling,
    authenticate: (credential) => authenticator.authenticate(credential),
    publicPeer: (onRefusal) => publicPeer({ platform, policy, tooling, onRefusal }),
    frameGate: () => {
      const door = new Limiter();
      return () => door.take("frames", config.FRAME_RATE, platform.now()).ok;
    },
    publicGreeting: sessionOpened(null, ANONYMOUS),
  };
}

/** What is the same for every session. */
function sharedCapabilities(config: Config, platform: Platform): Omit<Capabilities, "settings" | "catalogue"> {
  const redis = { url: config.UPSTASH_REDIS_REST_URL, token: config.UPSTASH_REDIS_REST_TOKEN };
  const clusters = new ProxyClusters({
    clusters: config.CLUSTERS,
    signingKey: config.PROXY_SIGNING_KEY,
    clusterKeys: config.clusterKeys,
    ...platform,
  });
  return {
    clusters,
    cursors: cursors({ secret: config.KEY_PEPPER, now: platform.now }),
    context: upstashContextStore({ ...redis, now: platform.now }),
    queryCache: upstashQueryCache(redis),
  };
}

interface Anonymous {
  readonly platform: Platform;
  readonly policy: Policy;
  readonly tooling: Services["tooling"];
  readonly onRefusal: OnRefusal;
}

/** The same pipeline as every session's, in the Worker's memory and with nothing behind it. */
function publicPeer({ platform, policy, tooling, onRefusal }: Anonymous): Peer {
  const written = Promise.resolve(ok(undefined));
  const session: CallSession = {
    actor: { caller: ANONYMOUS, sessionId: "", sourceIp: undefined, policyVersion: policy.version },
    standing: () => Promise.resolve(ok({ caller: ANONYMOUS, isFresh: true })),
    policy,
    limiter: new Limiter(),
    journal: {
      admit: () => ok(undefined),
      write: () => written,
      writeDurably: () => written,
      refuse: (entry) => {
        onRefusal({ reason: entry.reason, tool: entry.tool });
        return written;
      },
    },
    ...tooling({}, unreachable),
    running: new Set(),
    now: platform.now,
    uuid: platform.uuid,
  };
  const onCrash = (cause: unknown) => log("error", "call.crashed", causeOf(cause));
  return nativePeer({ session, inFlight: new InFlight(), onCrash });
}

function unreachable(): never {
  throw new Error("an anonymous session changes no settings");
}
