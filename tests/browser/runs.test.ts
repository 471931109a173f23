// After the approval: the run as it goes, and the switches that stop all of them.

import { describe, expect, it } from "vitest";
import { hasChromium } from "./chromium.ts";
import { RUN, RUN_ID, STARTED, SWITCHES } from "./sample-runs.ts";
import { LEAD, NOW, ROLLBACK } from "./samples.ts";
import { stage } from "./stage.ts";
import { stopClock } from "./window.ts";
import type { Page } from "playwright-core";
import type { Run, RunStep } from "../../console/src/api/contract.ts";

const { api, open, openCard } = stage((prepared) => {
  prepared.put(ROLLBACK, STARTED);
  prepared.runs.set(RUN_ID, RUN);
});

function become(changed: Partial<Run>): void {
  const before = api().runs.get(RUN_ID) ?? RUN;
  api().runs.set(RUN_ID, { ...before, ...changed, revision: before.revision + 1 });
  api().tell({ changed: "run", id: RUN_ID, revision: before.revision + 1 });
}

const stepsWith = (id: string, changed: Partial<RunStep>) =>
  RUN.steps.map((step) => (step.id === id ? { ...step, ...changed } : step));

describe.skipIf(!hasChromium)("a run", () => {
  it("appears when the requester starts it, and goes on by itself to its end", async () => {
    const page = await openCard(ROLLBACK);
    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Approve…" }).click();
    await page.getByRole("button", { name: "Approve roll-back-deployment@2" }).click();
    await page.getByText("Approved. Nothing has run yet.").waitFor();

    api().change(ROLLBACK.id, { state: "consumed", run_id: RUN_ID });
    await page.getByText("3 of 5 steps done").waitFor();
    await page.getByText("4 of 6 pods are available.").waitFor();
    const done = RUN.steps.map((step) => ({ ...step, state: "done" as const }));
    become({ state: "succeeded", steps: done, ended_at: new Date(NOW).toISOString() });

    await page.getByText("5 of 5 steps done").waitFor();
    await page.getByRole("status").getByText("Run: succeeded.").waitFor({ state: "attached" });
    expect(await page.getByRole("button", { name: "Stop this run…" }).count()).toBe(0);
  });

  it("that nobody can judge is said loudly, with what to do", async () => {
    const page = await openCard(STARTED);
    await page.getByText("Live", { exact: true }).waitFor();

    become({
      state: "ambiguous",
      message: "The answer to step undo was lost.",
      steps: stepsWith("undo", { state: "ambiguous" }),
    });

    const alarm = page.getByRole("alert");
    await alarm.getByText("Nobody can say whether this change took effect").waitFor();
    const text = await alarm.innerText();
    expect(text).toContain("Roll Deployment shop/checkout back to revision 41");
    expect(text).toContain("The answer to step undo was lost.");
    expect(text).toContain("look at the object in the cluster before anybody does anything else");
  });

  it("that failed shows what was done because of it", async () => {
    const undoing: RunStep = {
      id: "tell_failed",
      kind: "notify",
      phase: "on_failure",
      state: "done",
      does: "Tell #oncall: the rollback did not settle",
      attempts: 0,
    };
    api().runs.set(RUN_ID, {
      ...RUN,
      state: "failed",
      message: "Step settle: not available after 10 minutes.",
      steps: [...stepsWith("settle", { state: "failed" }), undoing],
    });
    const page = await openCard(STARTED);

    await page.getByText("The run failed", { exact: true }).waitFor();

    const run = await page.locator(".run").innerText();
    expect(run).toContain("Step settle: not available after 10 minutes.");
    expect(run).toMatch(/Because a step failed[\s\S]*Tell #oncall: the rollback did not settle/);
    expect(run).toContain("not done");
  });

  it("is stopped after a second question", async () => {
    const page = await openCard(STARTED);

    await page.getByRole("button", { name: "Stop this run…" }).click();
    await page.getByText("the rest is left").waitFor();
    expect(api().received.some(({ path }) => path.endsWith("/cancel"))).toBe(false);
    await page.getByRole("button", { name: "Stop after this step" }).click();

    await page.locator(".run-state").getByText("cancelled").waitFor();
  });
});

describe.skipIf(!hasChromium)("the live socket", () => {
  const asked = (path: string) => api().received.filter((one) => one.path === path).length;

  /** Everything was asked for when the page was drawn, and once more when its sockets were open: nothing is on its way. */
  async function comeToRest(page: Page): Promise<void> {
    await page.getByText("Live", { exact: true }).waitFor();
    await expect.poll(() => [asked("approvals"), asked("switches"), api().sockets]).toEqual([2, 2, 2]);
    await stopClock(page);
  }

  it("comes back after it was lost, and what was missed is fetched", async () => {
    const page = await open();
    await comeToRest(page);

    api().hangUp();
    await page.getByText("Reconnecting…").waitFor();
    api().cards.clear();
    await page.clock.fastForward("00:02");

    await page.getByText("Live", { exact: true }).waitFor();
    await page.getByText("Nothing waits for a decision").waitFor();
  });

  it("that is refused because the session has ended leads to signing in", async () => {
    const page = await open();
    await comeToRest(page);

    api().me = undefined;
    api().hangUp();
    await page.getByText("Reconnecting…").waitFor();
    await page.clock.fastForward("00:02");

    await page.getByLabel("API key").waitFor();
  });

  it("is not what the page stands on: whoever comes back to it sees how it is", async () => {
    const page = await open();
    await page.locator(".card").first().waitFor();
    api().cards.clear();

    await page.clock.fastForward("00:10");
    await page.evaluate(() => window.dispatchEvent(new Event("focus")));

    await page.getByText("Nothing waits for a decision").waitFor();
  });

  it("asks for nothing by itself while nothing changes", async () => {
    const page = await open();
    await page.locator(".card").first().waitFor();
    await comeToRest(page);
    const before = api().received.length;

    await page.clock.runFor("05:00");

    expect(api().received.length).toBe(before);
  });
});

describe.skipIf(!hasChromium)("kill switches", () => {
  it("show what is off, by whom and why, and who may not switch it on", async () => {
    api().switches = [...SWITCHES];
    const page = await open("/console/switches");

    const own = page.getByRole("article").filter({ hasText: "drain-node" });
    await own.waitFor();

    expect(await own.innerText()).toContain("The storage team moves volumes until 16:00.");
    expect(await own.innerText()).toContain("You switched it off, so somebody else must switch it on.");
    expect(await own.getByRole("button").isDisabled()).toBe(true);
    const others = page.getByRole("article").filter({ hasText: "us-prod-2" });
    expect(await others.getByRole("button").isEnabled()).toBe(true);
  });

  it("are switched off with a reason, and the inbox says so", async () => {
    const page = await open("/console/switches");
    await page.getByText("Nothing is off").waitFor();

    await page.getByLabel("One cluster").check();
    await page.getByRole("button", { name: "Switch off" }).click();
    await page.getByText("Say why: a reason is needed here.").waitFor();
    await page.getByText("Say which one.").waitFor();
    await page.getByLabel("Name").fill("eu-prod-1");
    await page.getByLabel("Reason").fill("Network split.");
    await page.getByRole("button", { name: "Switch off" }).click();

    await page.getByRole("article").filter({ hasText: "eu-prod-1" }).waitFor();
    await page.getByRole("link", { name: /Approvals/ }).click();
    await page.locator(".inbox-list .notice", { hasText: "Switched off: cluster eu-prod-1" }).waitFor();
  });

  it("are switched on again by another person, with a reason", async () => {
    api().switches = [...SWITCHES];
    const page = await open("/console/switches");
    const card = page.getByRole("article").filter({ hasText: "us-prod-2" });

    await card.getByRole("button", { name: "Switch on again…" }).click();
    await card.getByLabel("Why is it safe again?").fill("Upgrade done, nodes ready.");
    await card.getByRole("button", { name: "Switch on" }).click();

    await card.waitFor({ state: "detached" });
    const sent = api().received.filter(({ method }) => method === "POST");
    expect(sent.map(({ body }) => body)).toEqual([
      { scope: "cluster", name: "us-prod-2", on: true, reason: "Upgrade done, nodes ready." },
    ]);
  });

  it("are only looked at by whoever may not kill", async () => {
    api().me = LEAD;
    const page = await open("/console/switches");

    await page.getByText("You do not have the permission").waitFor();

    expect(await page.getByRole("button", { name: "Switch off" }).count()).toBe(0);
  });
});
