// A whole session in plain Node: our code throughout, memory adapters and SQLite around it, a clock that stands still.

import * as z from "zod";
import { createPolicy } from "../../src/access/policy.ts";
import { ANONYMOUS } from "../../src/access/principal.ts";
import { memoryAuditStore } from "../../src/adapters/memory/audit-store.ts";
import { memoryContextStore } from "../../src/adapters/memory/context-store.ts";
import { memoryKeyDirectory } from "../../src/adapters/memory/key-directory.ts";
import { memoryQueryCache } from "../../src/adapters/memory/query-cache.ts";
import { memoryQuotaStore } from "../../src/adapters/memory/quota-store.ts";
import { SqliteJournal } from "../../src/adapters/sqlite-journal.ts";
import { Journal } from "../../src/audit/journal.ts";
import { SqliteTasks } from "../../src/adapters/sqlite-tasks.ts";
import { noticeWords } from "../../src/dialect/notices.ts";
import { createPeer } from "../../src/dialect/peer.ts";
import { answer } from "../../src/jsonrpc/answer.ts";
import { InFlight } from "../../src/jsonrpc/in-flight.ts";
import { Limiter } from "../../src/limits/limiter.ts";
import { Questions } from "../../src/mcp/questions.ts";
import { ROUND_LIFETIME_MS } from "../../src/mcp/rounds.ts";
import { Tasks } from "../../src/mcp/tasks.ts";
import { ToolLists } from "../../src/mcp/tool-list.ts";
import { Listeners } from "../../src/push/listeners.ts";
import { ok } from "../../src/result.ts";
import { SERVER } from "../../src/server.ts";
import { catalogueOf, registry } from "../../src/tool/registry.ts";
import { cursors } from "../../src/tool/cursor.ts";
import { QuotaLease } from "../../src/tool/quota-lease.ts";
import { quotaUse } from "../../src/tool/quota-use.ts";
import { seals } from "../../src/tool/seal.ts";
import { RECHECK_AFTER_MS, Standing } from "../../src/tool/standing.ts";
import { toolset as product } from "../../src/toolset.ts";
import { countingUuids, fixedClock, START_MS } from "./clock.ts";
import { keyRecord, principal, ROLES } from "./people.ts";
import { NO_RUNBOOKS } from "./no-runbooks.ts";
import { scriptedClusters } from "./scripted-clusters.ts";
import { sqliteStorage } from "./sqlite-storage.ts";
import type { Quotas } from "../../src/access/quotas.ts";
import type { Handshake } from "../../src/mcp/handshake.ts";
import type { AuditReader } from "../../src/ports/audit-reader.ts";
import type { KeyDirectory } from "../../src/ports/key-directory.ts";
import type { QueryCache } from "../../src/ports/query-cache.ts";
import type { QuotaStore } from "../../src/ports/quota-store.ts";
import type { ToolSettings } from "../../src/ports/tool-settings.ts";
import type { CallSession } from "../../src/tool/session.ts";
import type { Tool } from "../../src/tool/tool.ts";
import type { Toolset } from "../../src/tool/toolset.ts";
import type { ClusterScript } from "./scripted-clusters.ts";

export const SESSION_ID = "session-1";
export const CHAIN_ID = "chain-1";
const PEPPER = "a pepper that is long enough for tests";

export interface WorldOptions {
  /** The whole catalogue when left out. */
  readonly tools?: readonly Tool[];
  /** Added to the catalogue. */
  readonly alsoTools?: readonly Tool[];
  readonly resources?: Toolset["resources"];
  readonly prompts?: Toolset["prompts"];
  readonly roles?: readonly string[];
  readonly isAnonymous?: boolean;
  readonly settings?: ToolSettings;
  /** How the clusters answer; one healthy pod when left out. */
  readonly cluster?: ClusterScript;
  readonly clusters?: readonly string[];
  readonly keys?: KeyDirectory;
  readonly queryCache?: QueryCache;
  readonly quotas?: Quotas;
  readonly quotaStore?: QuotaStore;
  readonly auditReader?: AuditReader;
}

/** Reads a frame as a client would: JSON, or nothing. */
export type Send = (frame: unknown) => Promise<unknown>;

export function world(options: WorldOptions = {}) {
  const { roles = ["observer"], isAnonymous = false, settings = {} } = options;
  const clock = fixedClock();
  const uuid = countingUuids();
  const storage = sqliteStorage();
  const store = new SqliteJournal(storage);
  const audit = memoryAuditStore(clock.now);
  const known = memoryKeyDirectory(clock.now);
  known.put(keyRecord({ roles: [...roles] }));
  const crashes: unknown[] = [];
  const changes: unknown[] = [];
  let pendings = 0;

  const journal = new Journal({
    store,
    chainId: () => CHAIN_ID,
    now: clock.now,
    uuid,
    schedule: (flush) => queueMicrotask(flush),
    onPending: () => (pendings += 1),
  });

  // Who waits lets the clock run and everybody else go on, and no time passes.
  const cache = memoryQueryCache({
    now: clock.now,
    pause: async (ms) => {
      clock.advance(ms);
      await new Promise((resolve) => setImmediate(resolve));
    },
  });
  const policy = createPolicy(ROLES, options.quotas);
  const quotas = options.quotaStore ?? memoryQuotaStore(clock.now);
  const who = principal(roles);
  const standing = new Standing(options.keys ?? known, { principal: who, verifiedAtMs: START_MS }, () => undefined);
  const offered = [...(options.tools ?? product.tools), ...(options.alsoTools ?? [])];
  const scripted = scriptedClusters(options.clusters, options.cluster);
  const registered = registry(offered, settings);
  const session: CallSession = {
    actor: {
      caller: isAnonymous ? ANONYMOUS : who,
      sessionId: SESSION_ID,
      sourceIp: "203.0.113.7",
      policyVersion: policy.version,
    },
    standing: (nowMs) =>
      isAnonymous ? Promise.resolve(ok({ caller: ANONYMOUS, isFresh: true })) : standing.current(nowMs),
    policy,
    limiter: new Limiter(),
    quota: new QuotaLease({ store: quotas, principalId: who.id }),
    journal,
    capabilities: {
      ...NO_RUNBOOKS,
      clusters: scripted.clusters,
      cursors: cursors({ secret: PEPPER, now: clock.now }),
      context: memoryContextStore({ now: clock.now }),
      queryCache: options.queryCache ?? cache,
      settings: {
        change: (tool, setting) => {
          changes.push({ tool, setting });
          return Promise.resolve(ok({ [tool]: setting }));
        },
      },
      catalogue: catalogueOf(registered, policy, scripted.clusters.names),
      quota: quotaUse(quotas, policy),
      auditReader: options.auditReader,
    },
    registry: registered,
    running: new Set(),
    now: clock.now,
    uuid,
  };

  const inFlight = new InFlight();
  const sent: unknown[] = [];
  const closes: (() => void)[] = [];
  const tell = (text: string) => void sent.push(JSON.parse(text));
  const hold = (onClose: () => void) => {
    closes.push(onClose);
    return () => undefined;
  };
  const listeners = new Listeners({
    ...noticeWords(() => ({ catalogue: session.capabilities.catalogue, caller: session.actor.caller })),
    onChange: () => undefined,
  });
  const tasks = new Tasks({
    store: new SqliteTasks(storage.sql),
    now: clock.now,
    uuid,
    onChange: (task) => listeners.tell({ kind: "task_changed", task }),
  });
  let agreed: Handshake | undefined;
  const shown = {
    session,
    toolset: { ...product, tools: registered.all, ...pick(options) },
    server: SERVER,
    inFlight,
    out: { send: tell, tell, hold, isTold: true, survivesSleep: true },
    handshake: { current: () => agreed, agree: (next: Handshake) => void (agreed = next) },
    questions: new Questions(uuid),
    rounds: seals({ secret: PEPPER, purpose: "rounds", lifetimeMs: ROUND_LIFETIME_MS, now: clock.now }),
    lists: new ToolLists(),
    onCrash: (cause: unknown) => crashes.push(cause),
  };
  const mcp = isAnonymous ? shown : { ...shown, listeners, tasks };
  const peer = createPeer(mcp);
  const sendText = async (frame: string) => (await answer(frame, peer))?.text;
  const send: Send = async (frame) => {
    const reply = await sendText(JSON.stringify(frame));
    const parsed: unknown = reply === undefined ? undefined : JSON.parse(reply);
    return parsed;
  };

  return {
    clock,
    storage,
    store,
    audit,
    keys: known,
    quotas,
    journal,
    session,
    inFlight,
    mcp,
    listeners,
    tasks,
    /** The session's key is withdrawn, and so long ago that everybody knows. */
    revoke: () => {
      known.put(keyRecord({ roles: [...roles], revokedAtMs: clock.now() }));
      clock.advance(RECHECK_AFTER_MS);
    },
    /** What was said without being an answer, oldest first. */
    sent,
    /** The client leaves the streams that are held open for it. */
    leave: () => closes.splice(0).forEach((close) => close()),
    peer,
    crashes,
    changes,
    asked: scripted.asked,
    pendings: () => pendings,
    sendText,
    send,
    /** A request with an id, sent as a client would. */
    call: (method: string, params?: unknown, id: string | number = 1) =>
      send({ jsonrpc: "2.0", id, method, ...(params === undefined ? {} : { params }) }),
    /** Every record of the journal that has not drained, oldest first. */
    records: () => store.pending(100_000).map(({ record }) => Record.parse(JSON.parse(record))),
    counted: () => store.refusals(Number.MAX_SAFE_INTEGER),
  };
}

export type World = ReturnType<typeof world>;

const Record = z.record(z.string(), z.unknown());

function pick({ resources, prompts }: WorldOptions) {
  return { ...(resources && { resources }), ...(prompts && { prompts }) };
}
