// Selectors of the API: what they choose, and how kubectl would write them.
import { describe, expect, it } from "vitest";
import { LabelSelector } from "../../src/kubernetes/api-workload.ts";
import { chooses, selectorText } from "../../src/kubernetes/label-match.ts";

const LABELS = { app: "web", tier: "front" };
const expression = (key: string, operator: string, values: readonly string[] = []) => ({
  matchExpressions: [{ key, operator, values }],
});

describe("a selector of the API", () => {
  it.each<readonly [object | null, boolean, string | undefined]>([
    [null, false, undefined],
    [{}, true, undefined],
    [{ matchLabels: { app: "web" } }, true, "app=web"],
    [{ matchLabels: { app: "web", tier: "back" } }, false, "app=web,tier=back"],
    [{ matchLabels: { constructor: "x" } }, false, "constructor=x"],
    [expression("app", "In", ["api", "web"]), true, "app in (api,web)"],
    [expression("app", "NotIn", ["web"]), false, "app notin (web)"],
    [expression("zone", "NotIn", ["a"]), true, "zone notin (a)"],
    [expression("tier", "Exists"), true, "tier"],
    [expression("tier", "DoesNotExist"), false, "!tier"],
  ])("%j chooses the labels: %j, as kubectl takes it: %j", (selector, chosen, text) => {
    const parsed = LabelSelector.parse(selector);

    expect([chooses(parsed, LABELS), selectorText(parsed)]).toEqual([chosen, text]);
  });
});
