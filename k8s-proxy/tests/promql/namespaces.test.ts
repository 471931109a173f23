import { describe, expect, it } from "vitest";
import { checkPromql, namespaceMatcher } from "../../src/contract/promql/index.ts";

const OPEN = ["shop", "pay-*"];
const check = (query: string, namespaces: readonly string[] = OPEN) => checkPromql(query, { namespaces });

const WITHIN = [
  'up{namespace="shop"}',
  "up{namespace='shop'}",
  "up{namespace=`shop`}",
  'up{"namespace"="shop"}',
  '{"up", namespace="shop"}',
  '{"up", "namespace"="shop"}',
  '{__name__=~"http.*", namespace="shop"}',
  '{namespace="shop"}',
  'up{namespace="pay-eu"}',
  'up{namespace=~"shop"}',
  'up{namespace=~"shop|pay-eu|pay-us"}',
  'up{namespace=~"pay-.*"}',
  'up{namespace=~"pay-e.+|shop"}',
  'up{namespace="shop", namespace!="x"}',
  'up{namespace="shop", namespace=~"shop|pay-eu"}',
  String.raw`up{namespace="\u0073hop"}`,
  'sum by (namespace) (rate(x{namespace="shop"}[5m])) / on (pod) group_left (team) y{namespace="pay-eu"}',
  'label_replace(up{namespace="shop"}, "namespace", "kube-system", "", "")',
  'absent(up{namespace="shop"})',
  'up{namespace="shop"} @ start() offset -5m',
  'max_over_time(up{namespace="shop"}[1h:1m])',
  "vector(1)",
  '"text"',
  "time()",
] as const;

/** Each reads beyond the grant, or might: as an agent would write it, or someone who tries. */
const BEYOND = [
  "up",
  "up{}",
  'up{job="api"}',
  'up{namespace="kube-system"}',
  'up{namespace="shop2"}',
  'up{namespace="pay"}',
  'up{namespace="Shop"}',
  'up{namespace=""}',
  'up{namespace!="kube-system"}',
  'up{namespace!~"kube.*"}',
  'up{namespace=~".*"}',
  'up{namespace=~".+"}',
  'up{namespace=~""}',
  'up{namespace=~"shop|"}',
  'up{namespace=~"shop|kube-system"}',
  'up{namespace=~"shop.*"}',
  'up{namespace=~"pay.*"}',
  'up{namespace=~"pa.-.*"}',
  'up{namespace=~"pay-.*|.*"}',
  'up{namespace=~"pay-.*?x|y"}',
  'up{namespace=~"(shop)"}',
  'up{namespace=~"(?:shop)|(?i)KUBE"}',
  'up{namespace=~"^shop$"}',
  'up{namespace=~"sho[p]"}',
  'up{namespace=~"shop\\n|x"}',
  'up{namespace=~"shop\\\\|x"}',
  String.raw`up{namespace=~"shop\x7ckube-system"}`,
  String.raw`up{namespace="sh\u006fp2"}`,
  'up{namespace="shop", namespace="kube-system"}',
  'up{namespace="shop", namespace=~".*"}',
  'up{"namespace"="kube-system", namespace="shop"}',
  'up{Namespace="shop"}',
  'up{exported_namespace="shop"}',
  'up{"namespace "="shop"}',
  '{"namespace"}',
  '{"up", "shop"}',
  'up{namespace="shop"} or up',
  'up{namespace="shop"} unless kube_pod_info',
  'up{namespace="shop"} and on () vector(1) or secret_metric',
  'up{namespace="shop"} * on (pod) group_left (x) kube_pod_info',
  'sum(up{namespace="shop"}) + sum(node_load1)',
  'label_replace(up, "namespace", "shop", "", "")',
  'label_join(up, "namespace", "", "job")',
  'count_values("namespace", up)',
  'up # {namespace="shop"}',
  'up{namespace="shop"} # \n or up',
  "up{namespace='shop'} or\nup",
  'info(up{namespace="shop"})',
  'info(up{namespace="shop"}, {job="x"})',
  'up{namespace="shop"}[5m:1m] or up',
  'quantile_over_time(scalar(up), x{namespace="shop"}[5m])',
  'vector(scalar(secret{namespace="kube-system"}))',
  'topk(5, up{namespace="kube-system"})',
  'ALERTS{alertname="x"}',
  '{namespace="shop" or namespace="kube-system"}',
  'up{namespace=="shop"}',
  "up{namespace=shop}",
] as const;

describe("a query of a caller who may see some namespaces only", () => {
  it("has this many ways to stay within them and to leave them", () => {
    expect([WITHIN.length, BEYOND.length]).toEqual([24, 57]);
  });

  it.each(WITHIN)("passes: %s", (query) => {
    expect(check(query)).toMatchObject({ ok: true });
  });

  it.each(BEYOND)("is refused: %s", (query) => {
    expect(check(query)).toMatchObject({ ok: false });
  });

  it("is told what to add", () => {
    expect(check("rate(x[5m])")).toEqual({
      ok: false,
      error: 'The selector x at character 6 must name a namespace: add namespace="shop" or namespace=~"pay-.*".',
    });
    expect(check('x{namespace="a"}')).toMatchObject({ error: expect.stringContaining("not open to this call") });
  });

  it("is told of a few namespaces, not of a hundred", () => {
    const many = Array.from({ length: 100 }, (_, index) => `team-${index}`);

    expect(check("up", many)).toMatchObject({ error: expect.stringMatching(/team-4".* \(100 are open\)/) });
    expect(check("up", many)).not.toMatchObject({ error: expect.stringContaining("team-5") });
  });

  it("cannot be asked where none is open", () => {
    expect(check('up{namespace="shop"}', [])).toMatchObject({ error: expect.stringContaining("no namespace is open") });
    expect(check("vector(1)", [])).toMatchObject({ ok: true });
  });

  it("is as free as any where the grant is for every namespace", () => {
    expect(check("info(up)", ["*"])).toMatchObject({ ok: true });
  });
});

describe("what is sent on", () => {
  it("ends where the checked query ended, whatever another parser takes for the end of a comment", () => {
    const checked = check('up{namespace="shop"} # \r or secret_metric');

    expect(checked).toMatchObject({ ok: true, value: { normalised: 'up{namespace="shop"}' } });
  });

  it("has no spelling left for another parser to read differently", () => {
    const checked = check("up{'namespace'=`shop`,job=~\"a\\x2d\\052\"}");

    expect(checked).toMatchObject({ value: { normalised: 'up{"namespace"="shop",job=~"a-*"}' } });
  });
});

describe("the matcher for questions that are ours", () => {
  it.each([
    [["shop"], 'namespace="shop"'],
    [["shop-*"], 'namespace=~"shop-.*"'],
    [["shop", "pay-*"], 'namespace=~"shop|pay-.*"'],
  ])("of %j passes the guard", (namespaces, matcher) => {
    expect(namespaceMatcher(namespaces)).toBe(matcher);
    expect(check(`{${matcher}}`, namespaces)).toMatchObject({ ok: true });
  });
});
