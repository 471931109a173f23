// Sessions as they are open on a working day, and who looks at them. The agents and the teams are nobody's.

import { LiveSession, LiveSessions } from "../../src/http/console/contract/live.ts";
import { NOW, ONCALL } from "./samples.ts";
import type { Me } from "../../console/src/api/contract.ts";
import type { ScriptedApi } from "./scripted-api.ts";

export const ADMIN: Me = {
  ...ONCALL,
  principal: { id: "access:admin@example.com", kind: "human", roles: ["administrator"] },
  permissions: ["keys:admin", "sessions:read", "sessions:manage", "audit:read", "runbooks:read"],
  csrf: "csrf-for-admin",
};

/** May look, and nothing else. */
export const WATCHER: Me = { ...ADMIN, permissions: ["sessions:read"], csrf: "csrf-for-watcher" };

const seconds = (count: number): string => new Date(NOW + count * 1_000).toISOString();
const uuid = (start: string, number: number): string => `${start}-7d31-7c55-9a10-${String(number).padStart(12, "0")}`;

const AGENTS = [
  ["agent/incident-triage", "team/oncall", "claude-code", "2.1.4", "2025-11-25"],
  ["agent/release-notes", "access:release@example.com", "langgraph", "0.6.8", "2025-06-18"],
  ["agent/capacity-planner", "team/platform", "capacity-planner", "1.18.0", "gatehouse.native.v1"],
  ["agent/shop-helper", "team/shop", "openai-agents", "0.4.2", "2025-11-25"],
  ["agent/nightly-report", undefined, "cron-agent", "3.0.1", "2026-07-28"],
  ["agent/cost-watch-for-the-payments-and-fraud-teams", "team/payments", "goose", "1.9.3", "2025-06-18"],
] as const;

const TOOLS = ["k8s.list_pods", "logs.search", "prom.query_range", "k8s.diagnose", "runbook.preview"] as const;
const VIAS = ["socket", "socket", "session", "socket", "stateless"] as const;
/** One in nine is a person at a terminal. */
const PERSON = ["access:dev@example.com", undefined, "gatehouse-cli", "0.9.0", "gatehouse.native.v1"] as const;

function inFlight(number: number, count: number): LiveSession["in_flight"] {
  return Array.from({ length: count }, (_, index) => ({
    call_id: uuid("0197a4c3", number * 10 + index),
    tool: TOOLS[(number + index) % TOOLS.length] ?? "k8s.list_pods",
    effect: "read",
    since: seconds(-3 - index * 11 - (number % 7)),
    may_cancel: true,
  }));
}

export function session(number: number, changed: Partial<LiveSession> = {}): LiveSession {
  const who = number % 9 === 8 ? PERSON : (AGENTS[number % AGENTS.length] ?? PERSON);
  const [principal, behalf, client, version, protocol] = who;
  const kind = principal.startsWith("agent/") ? "agent" : "human";
  const reached = number % 11 !== 10;
  return LiveSession().parse({
    id: uuid("0197a4c2", number),
    via: VIAS[number % VIAS.length] ?? "socket",
    principal: {
      id: principal,
      kind,
      roles: kind === "agent" ? ["agent", "shop-observer"] : ["observer"],
      ...(behalf === undefined ? {} : { on_behalf_of: behalf }),
    },
    ...(kind === "agent" ? { key_id: `k_${(number % 12).toString(16).padStart(2, "0")}7f3a9c21e4` } : {}),
    ...(number % 13 === 12 ? {} : { client: { name: client, version } }),
    protocol,
    source_ip: `203.0.113.${number + 10}`,
    opened_at: seconds(-40 - number * 397),
    expires_at: seconds(3_600 * 8),
    reached,
    calls_per_minute: reached ? (number * 17) % 61 : 0,
    in_flight: reached ? inFlight(number, number % 4 === 0 ? (number % 3) + 1 : 0) : [],
    limits: reached
      ? [
          { name: "k8s.list_pods", rate: "20/minute", left: 14 },
          { name: "logs.search", rate: "10/minute", left: 1 },
          { name: "prom.query_range", rate: "20/minute", left: 0 },
        ]
      : [],
    quota: { limit: 5_000, used: (number * 389) % 5_000, period: "hour", resets_at: seconds(1_440) },
    subscriptions: number % 3,
    ...changed,
  });
}

export const SESSIONS: readonly LiveSession[] = Array.from({ length: 50 }, (_, number) => session(number));

/** Something that has begun to change the cluster, beside something that only reads. */
export const CHANGING: LiveSession = session(0, {
  calls_per_minute: 38,
  quota: { limit: 5_000, used: 4_312, period: "hour", resets_at: seconds(1_440) },
  subscriptions: 2,
  in_flight: [
    {
      call_id: "0197a4c3-0000-7000-8000-00000000000a",
      tool: "logs.search",
      effect: "read",
      since: seconds(-12),
      may_cancel: true,
    },
    {
      call_id: "0197a4c3-0000-7000-8000-00000000000b",
      tool: "runbook.execute",
      effect: "destroy",
      since: seconds(-95),
      may_cancel: false,
    },
  ],
});

/** Answers the page of sessions with these, by pages of this many. */
export function seat(api: ScriptedApi, sessions: readonly LiveSession[], perPage = 50): void {
  api.me = ADMIN;
  api.answers.set("GET sessions", ({ path, query }) => {
    const id = path.split("/")[1];
    if (id !== undefined) return LiveSession().parse(sessions.find((one) => one.id === id));
    const whose = query.get("principal");
    const those = sessions.filter(({ principal }) => whose === null || principal.id === whose);
    const from = Number(query.get("cursor") ?? 0);
    const next = from + perPage < those.length ? { next: String(from + perPage) } : {};
    return LiveSessions().parse({
      sessions: those.slice(from, from + perPage),
      total: those.length,
      ...next,
      now: new Date(api.nowMs).toISOString(),
    });
  });
}
