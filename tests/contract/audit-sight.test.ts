// Who sees which row of the audit log, whatever the question: what may not be seen reads like what does not exist.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { neonAuditReader } from "../../src/adapters/neon-audit-reader.ts";
import { neonAuditStore } from "../../src/adapters/neon-audit-store.ts";
import { neonSql } from "../../src/adapters/neon-sql.ts";
import { Chain, EVERYWHERE } from "./audit-rows.ts";
import { standIns } from "./stand-ins.ts";
import type { Scope } from "../../src/access/policy.ts";
import type { AuditReader } from "../../src/ports/audit-reader.ts";
import type { Written } from "./audit-rows.ts";
import type { StandIns } from "./stand-ins.ts";

const { signal } = new AbortController();
const toMs = Date.now() - 60_000;
const fromMs = toMs - 3_600_000;
const APPROVAL = crypto.randomUUID();
const CALL = crypto.randomUUID();

const PLACES = {
  "shop in demo": { cluster: "demo", namespace: "shop" },
  "shop-a in demo": { cluster: "demo", namespace: "shop-a" },
  "pay in demo": { cluster: "demo", namespace: "pay" },
  "demo as a whole": { cluster: "demo", namespace: undefined },
  "shop in prod": { cluster: "prod", namespace: "shop" },
  "no cluster": { cluster: undefined, namespace: undefined },
} as const;
type Place = keyof typeof PLACES;

let stand: StandIns;
let reader: AuditReader;
const written = new Map<string, Written>();

beforeAll(async () => {
  stand = await standIns();
  reader = neonAuditReader(neonSql(stand.bindings.DATABASE_READER_URL));
  const chain = new Chain();
  for (const [place, where] of Object.entries(PLACES)) {
    const facts = { ...where, approval_id: APPROVAL, call_id: CALL, params: { secret: place }, reason: place };
    written.set(place, chain.add(fromMs, { ...facts, tool: `tool of ${place}` }));
  }
  written.set("one's own", chain.add(fromMs, { actor_id: "human:ona", cluster: "eu", namespace: "x", call_id: CALL }));
  await neonAuditStore(neonSql(stand.bindings.DATABASE_URL)).insert(chain.rows, signal);
}, 60_000);
afterAll(() => stand.close());

const scope = (clusters: readonly string[], namespaces: readonly string[]): Scope => ({ clusters, namespaces });

const GRANTS: readonly (readonly [string, readonly Scope[], readonly Place[]])[] = [
  ["nothing", [], []],
  [
    "everything",
    EVERYWHERE,
    ["shop in demo", "shop-a in demo", "pay in demo", "demo as a whole", "shop in prod", "no cluster"],
  ],
  [
    "all of one cluster",
    [scope(["demo"], ["*"])],
    ["shop in demo", "shop-a in demo", "pay in demo", "demo as a whole"],
  ],
  [
    "a prefix of clusters",
    [scope(["de*"], ["*"])],
    ["shop in demo", "shop-a in demo", "pay in demo", "demo as a whole"],
  ],
  ["one namespace of one cluster", [scope(["demo"], ["shop"])], ["shop in demo"]],
  ["a prefix of namespaces", [scope(["demo"], ["shop-*"])], ["shop-a in demo"]],
  ["one namespace everywhere", [scope(["*"], ["shop"])], ["shop in demo", "shop in prod"]],
  [
    "two scopes, each for itself",
    [scope(["demo"], ["pay"]), scope(["prod"], ["shop"])],
    ["pay in demo", "shop in prod"],
  ],
  [
    "every cluster in one scope and every namespace in another",
    [scope(["*"], ["pay"]), scope(["prod"], ["*"])],
    ["pay in demo", "shop in prod"],
  ],
  ["what is nowhere", [scope(["staging"], ["*"])], []],
  ["a name that is a pattern of SQL", [scope(["%"], ["*"])], []],
  ["another such", [scope(["dem_"], ["*"])], []],
];

const ids = (places: readonly string[]) => places.map((place) => written.get(place)?.id ?? "").toSorted();

function value<T>(outcome: { ok: true; value: T } | { ok: false; error: unknown }): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.error));
  return outcome.value;
}

describe.each(GRANTS)("whoever is granted %s", (_, scopes, places) => {
  const sight = { principalId: "human:ona", scopes };
  const asked = { fromMs, toMs, where: {}, sight };
  const visible = [...places, "one's own"];

  it("finds those rows and no other (attack 75)", async () => {
    const { rows } = value(await reader.search({ ...asked, limit: 100 }, signal));

    expect(rows.map(({ id }) => id).toSorted()).toEqual(ids(visible));
  });

  it("finds no more by asking for what lies elsewhere (attack 75)", async () => {
    const where = { cluster: ["prod", "demo", "eu"], approval: [APPROVAL], actor: ["agent:aster"] };
    const { rows } = value(await reader.search({ ...asked, where, limit: 100 }, signal));

    expect(rows.map(({ id }) => id).toSorted()).toEqual(ids(places.filter((place) => place !== "no cluster")));
  });

  it("counts those rows and no other (attack 75)", async () => {
    const sums = value(await reader.summary(asked, signal));

    expect(sums.total).toBe(visible.length);
    expect(sums.facets.reason?.map(({ value: reason }) => reason).toSorted() ?? []).toEqual(places.toSorted());
  });

  it("sees usage of those rows and no other (attack 75)", async () => {
    const usage = value(await reader.usage(asked, signal));

    expect(usage.total.calls).toBe(visible.length);
    expect(usage.byTool.map(({ tool }) => tool).toSorted()).toEqual(
      [...places.map((place) => `tool of ${place}`), "k8s.list_pods"].toSorted(),
    );
  });

  it("opens those rows, their timeline and what was asked, and of the others nothing (attack 75)", async () => {
    for (const [place, { id, tsMs }] of written) {
      const [event, payload] = [
        value(await reader.event({ id, tsMs }, sight, signal)),
        value(await reader.payload({ id, tsMs }, sight, signal)),
      ];
      if (!visible.includes(place)) {
        expect([event, payload], place).toEqual([undefined, undefined]);
        continue;
      }
      expect(event?.row.id).toBe(id);
      expect(event?.timeline.map((row) => row.id).toSorted()).toEqual(ids(visible));
      expect(payload).toMatchObject({ id, ...(place !== "one's own" && { params: { secret: place } }) });
    }
  });
});

it("a row of no cluster is somebody's own as well", async () => {
  const sight = { principalId: "agent:aster", scopes: [] };
  const { rows } = value(await reader.search({ fromMs, toMs, where: {}, sight, limit: 100 }, signal));

  expect(rows.map(({ id }) => id).toSorted()).toEqual(ids(Object.keys(PLACES)));
});
