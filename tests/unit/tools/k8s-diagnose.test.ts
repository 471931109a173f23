import { describe, expect, it } from "vitest";
import { ok } from "../../../src/result.ts";
import { observed } from "../../support/scripted-clusters.ts";
import { world } from "../../support/world.ts";

const finding = (index: number) => ({
  severity: "critical" as const,
  code: "CrashLoopBackOff",
  object: `Pod/web-${index}`,
  count: 1,
  summary: `Container app of web-${index} ends again and again. ${"x".repeat(200)}`,
  evidence: ["exit code 1"],
  suggested_calls: [{ tool: "k8s.get_pod", args: { namespace: "shop", name: `web-${index}` } }],
});

const diagnosing = (count: number) =>
  world({
    cluster: () =>
      ok(
        observed({
          findings: Array.from({ length: count }, (_, index) => finding(index)),
          total: count,
          looked_at: { pods: 500 },
          healthy: { pods: 100 },
        }),
      ),
  });

describe("a diagnosis", () => {
  it("is passed on as the proxy made it, with what was looked at", async () => {
    const reply = await diagnosing(2).call("k8s.diagnose", { namespace: "shop" });

    expect(reply).toMatchObject({
      result: {
        findings: [{ object: "Pod/web-0" }, { object: "Pod/web-1" }],
        looked_at: { pods: 500 },
        healthy: { pods: 100 },
        meta: { namespace: "shop", returned: 2, total: 2, truncated: false },
      },
    });
  });

  it("of hundreds of findings fits, the first of them whole, and says what to narrow", async () => {
    const { sendText } = diagnosing(600);

    const text =
      (await sendText('{"jsonrpc":"2.0","id":1,"method":"k8s.diagnose","params":{"namespace":"shop"}}')) ?? "";

    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(32 * 1024 + 60);
    expect(JSON.parse(text)).toMatchObject({
      result: { meta: { total: 600, truncated: true, hint: expect.stringContaining("a workload or a pod") } },
    });
  });

  it.each([[{ workload: "web" }], [{ workload: "Secret/web" }], [{ since: "2d" }], [{ pod: "../x" }]])(
    "is refused with %j, before the cluster is asked",
    async (args) => {
      const { call, asked } = diagnosing(0);

      expect(await call("k8s.diagnose", { namespace: "shop", ...args })).toMatchObject({ error: { code: -32602 } });
      expect(asked).toEqual([]);
    },
  );
});
