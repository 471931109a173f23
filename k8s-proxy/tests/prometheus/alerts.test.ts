import { describe, expect, it } from "vitest";
import { ROUTES } from "../../src/contract/index.ts";
import { listAlerts } from "../../src/prometheus/list-alerts.ts";
import { listRules } from "../../src/prometheus/list-rules.ts";
import { json } from "../api-server.ts";
import { playback, silences, success, testPrometheus, VERSIONS } from "./backend.ts";

import type { Paths, TestPrometheusOptions } from "./backend.ts";

const PATH = "/api/v1/rules";

async function alerts(request: object, paths: Paths, options: TestPrometheusOptions = {}) {
  const backend = await testPrometheus(paths, options);
  const answer = await listAlerts(ROUTES.listAlerts.request.parse(request), backend.reading);
  if (answer.ok) expect(ROUTES.listAlerts.data.safeParse(answer.value)).toMatchObject({ success: true });
  return { ...backend, answer };
}

async function rules(request: object, paths: Paths, options: TestPrometheusOptions = {}) {
  const backend = await testPrometheus(paths, options);
  const answer = await listRules(ROUTES.listRules.request.parse(request), backend.reading);
  if (answer.ok) expect(ROUTES.listRules.data.safeParse(answer.value)).toMatchObject({ success: true });
  return { ...backend, answer };
}

const firing = (labels: object, annotations: object = {}) => ({
  labels,
  annotations,
  state: "firing",
  activeAt: "2026-11-23T01:00:00Z",
  value: "1e+00",
});
const group = (...list: readonly object[]): Paths => ({ [PATH]: success({ groups: [{ name: "g", rules: list }] }) });
const rule = (name: string, query: string, list: readonly object[] = []) => ({
  type: "alerting",
  name,
  query,
  duration: 60,
  health: "ok",
  state: "firing",
  alerts: list,
});

describe.each(VERSIONS)("the alerts of Prometheus %s", (version) => {
  const recorded = { [PATH]: playback(version, "rules-type-alert") };

  it("are listed firing first, the most severe first, with their rule and runbook", async () => {
    const { answer, asked } = await alerts({}, recorded, { version });

    expect(answer).toMatchObject({ ok: true, value: { total: 8 } });
    expect(answer.ok && answer.value.alerts[0]).toEqual({
      name: "TargetDown",
      state: "firing",
      active_at: expect.any(String),
      value: 0,
      labels: { instance: expect.any(String), job: expect.any(String), severity: "critical", team: "platform" },
      summary: expect.stringContaining("down"),
      description: expect.stringContaining("cannot be scraped"),
      runbook_url: "https://runbooks.example/target-down",
      rule_query: "up == 0",
    });
    expect(answer.ok && answer.value.alerts.map(({ state }) => state)).toEqual([
      ...Array.from({ length: 2 }, () => "firing"),
      ...Array.from({ length: 6 }, () => "pending"),
    ]);
    expect(asked).toEqual([`${PATH} type=alert`]);
  });

  it("are found the same where the server ignores what it is asked to leave out", async () => {
    const { answer } = await alerts({}, { [PATH]: playback(version, "rules") }, { version });

    expect(answer).toMatchObject({ value: { total: 8 } });
  });

  it.each([
    [{ state: "pending" }, 6],
    [{ severity: "critical" }, 2],
    [{ name: "ScrapeSlow" }, 6],
    [{ namespace: "shop" }, 0],
  ])("are narrowed by %j to %d", async (request, total) => {
    expect(await alerts(request, recorded, { version })).toMatchObject({ answer: { value: { total } } });
  });
});

describe("an alert", () => {
  it("that Alertmanager holds back says by what", async () => {
    const { answer } = await alerts(
      { state: "firing" },
      { [PATH]: playback("3.12.0", "rules-type-alert") },
      { alertmanager: silences() },
    );

    const byJob = new Map(
      answer.ok ? answer.value.alerts.map(({ labels, silenced_by }) => [labels?.job, silenced_by]) : [],
    );
    expect(byJob.get("notfound")).toEqual(["7d5f75df-95ab-4f0c-993a-07ad7a039e32"]);
    expect(byJob.get("dead")).toBeUndefined();
  });

  it("is listed where Alertmanager does not answer, which is said", async () => {
    const { answer, warnings } = await alerts({}, group(rule("A", "up == 0", [firing({})])), {
      alertmanager: json({}, 500),
    });

    expect(answer).toMatchObject({ value: { total: 1 } });
    expect(warnings).toEqual([expect.stringContaining("Alertmanager could not be asked")]);
  });

  it("is cleaned: its texts were written by whoever wrote the rule, its labels by whoever named the pod", async () => {
    const hostile = firing(
      { pod: "a\u0007b" },
      { summary: "x\u202e\u001b[1my", runbook_url: "https://r.example/\u200bz" },
    );
    const { answer } = await alerts({}, group(rule("A\u0000", "up", [hostile])));

    expect(answer).toMatchObject({
      value: { alerts: [{ name: "A", labels: { pod: "ab" }, summary: "xy", runbook_url: "https://r.example/z" }] },
    });
  });

  it("of another namespace, or of none, is not for a caller with a narrower reach", async () => {
    const list = [
      firing({ namespace: "shop" }),
      firing({ namespace: "pay-eu" }),
      firing({ namespace: "kube-system" }),
      firing({}),
    ];
    const { answer, warnings } = await alerts({}, group(rule("A", "up == 0", list)), { granted: ["shop", "pay-*"] });

    expect(answer).toMatchObject({
      value: { total: 2, alerts: [{ labels: { namespace: "shop" } }, { labels: { namespace: "pay-eu" } }] },
    });
    // The query reaches beyond those namespaces, so its text is not shown either.
    expect(answer).not.toHaveProperty("value.alerts.0.rule_query");
    expect(warnings).toEqual([expect.stringContaining("left out")]);
  });

  it("that is not there is a success", async () => {
    expect(await alerts({}, group())).toMatchObject({
      answer: { ok: true, value: { alerts: [], hint: "No alert fires or is pending." } },
    });
    expect(await alerts({ name: "x" }, group())).toMatchObject({
      answer: { value: { hint: expect.stringContaining("without them") } },
    });
  });
});

describe.each(VERSIONS)("the rules of Prometheus %s", (version) => {
  const recorded = { [PATH]: playback(version, "rules") };

  it("are listed with their health", async () => {
    const { answer } = await rules({ limit: 200 }, recorded, { version });

    expect(answer).toMatchObject({
      value: {
        total: 7,
        rules: [
          {
            name: "TargetDown",
            type: "alert",
            group: "availability",
            query: "up == 0",
            for_s: 4,
            state: "firing",
            health: "ok",
            eval_ms: expect.any(Number),
          },
          {},
          {},
          {},
          {},
          {},
          {},
        ],
      },
    });
  });

  it("that cannot be evaluated say why", async () => {
    const { answer } = await rules({ health: "err" }, recorded, { version });

    expect(answer).toMatchObject({
      value: {
        total: 1,
        rules: [
          { name: "broken:many_to_many", type: "record", last_error: expect.stringContaining("duplicate series") },
        ],
      },
    });
  });

  it.each([
    [{ type: "record" }, 3],
    [{ type: "alert" }, 4],
    [{ group: "recording" }, 2],
    [{ name: "TargetDown" }, 1],
    [{ name: "nothing" }, 0],
  ])("are narrowed by %j to %d, whatever the server makes of it", async (request, total) => {
    expect(await rules(request, recorded, { version })).toMatchObject({ answer: { ok: true, value: { total } } });
  });
});

describe("a list of rules", () => {
  it("goes on where it ended", async () => {
    const all = group(...["a", "b", "c"].map((name) => rule(name, "up")));
    const first = await rules({ limit: 2 }, all);
    const rest = await rules({ limit: 2, continue: first.answer.ok ? first.answer.value.continue : "" }, all);

    expect(first.answer).toMatchObject({ value: { rules: [{ name: "a" }, { name: "b" }], total: 3, continue: "2" } });
    expect(rest.answer).toMatchObject({ value: { rules: [{ name: "c" }] } });
    expect(rest.answer).not.toHaveProperty("value.continue");
  });

  it("holds, for a caller with a narrower reach, what that caller could have asked", async () => {
    const all = group(rule("mine", 'up{namespace="shop"} == 0'), rule("all", "up == 0"), rule("odd", "unreadable((("));
    const { answer, warnings } = await rules({}, all, { granted: ["shop"] });

    expect(answer).toMatchObject({ value: { rules: [{ name: "mine" }], total: 1 } });
    expect(warnings).toEqual(["Rules whose queries reach beyond the namespaces of this call are left out."]);
  });
});
