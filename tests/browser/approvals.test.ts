// A person decides: approving, rejecting, and everything that must stop them.

import { describe, expect, it } from "vitest";
import { hasChromium } from "./chromium.ts";
import { BLOCKED, DRAIN, RESTART, ROLLBACK, SCALE } from "./samples.ts";
import { stage } from "./stage.ts";
import type { Page } from "playwright-core";

const { api, open, openCard } = stage((prepared) => prepared.put(SCALE, ROLLBACK, DRAIN, RESTART, BLOCKED));
const decision = (page: Page) => page.getByRole("complementary", { name: "Decision" });

describe.skipIf(!hasChromium)("the inbox", () => {
  it("lists what waits, soonest expiry first, and counts it in the title", async () => {
    const page = await open();

    await page.locator(".card").first().waitFor();

    expect(await page.locator(".card .card-title").allTextContents()).toEqual(
      [DRAIN, ROLLBACK, RESTART, SCALE, BLOCKED].map(({ runbook }) => runbook.title),
    );
    await expect.poll(() => page.title()).toBe("(5) Approvals · Gatehouse");
  });

  it("opens nothing by itself", async () => {
    const page = await open();

    await page.getByText("5 requests wait for a decision").waitFor();

    expect(await page.locator("article.detail").count()).toBe(0);
  });

  it("says that nothing waits", async () => {
    api().cards.clear();
    const page = await open();

    await page.getByText("Nothing waits for a decision").waitFor();
    await expect.poll(() => page.title()).toBe("Approvals · Gatehouse");
  });

  it("says that it cannot be loaded, and loads when asked again", async () => {
    api().failing.set("approvals", {
      status: 503,
      reason: "upstream_unavailable",
      detail: "The approvals cannot be read now.",
    });
    const page = await open();

    await page.getByText("The approvals cannot be read now.").waitFor();
    api().failing.clear();
    await page.getByRole("button", { name: "Try again" }).click();

    await page.locator(".card").first().waitFor();
  });

  it("shows a request that comes in, and says so aloud", async () => {
    api().cards.delete(SCALE.id);
    const page = await open();
    await page.getByText("Live", { exact: true }).waitFor();

    api().put(SCALE);
    api().tell({ changed: "approval", id: SCALE.id, revision: 1 });

    await page.locator(`[data-card="${SCALE.id}"]`).waitFor();
    await page.getByRole("status").getByText("New request: Scale a deployment out").waitFor({ state: "attached" });
  });
});

describe.skipIf(!hasChromium)("a request", () => {
  it("shows who asks and why, every parameter, the plan with its diff, and what it touches", async () => {
    const page = await openCard(ROLLBACK);
    const shown = page.locator("article.detail");
    await shown.waitFor();

    const text = await shown.innerText();

    for (const words of [
      "agent/incident-triage",
      "access:backend@example.com",
      "The agent’s own words: not checked, may be mistaken or misleading",
      "panic: missing PAYMENT_TIMEOUT",
      "roll-back-deployment@2",
      "This runbook has changed since it was last approved",
      "to_revision",
      "registry.example.com/shop/checkout:2026.3.12-1",
      "registry.example.com/shop/checkout:2026.3.3-4",
      "Deployment shop/checkout",
      "lets 2 go now",
      "holds now",
      "the rollback of shop/checkout did not settle",
      "14 runs in the last 90 days, 1 failed (7%).",
      "0 of 1",
    ]) {
      expect(text).toContain(words);
    }
  });

  it("is approved with two presses, and what was seen goes with it", async () => {
    const page = await openCard(ROLLBACK);

    await page.getByRole("button", { name: "Approve…" }).click();
    expect(api().decisions()).toEqual([]);
    await page.getByRole("button", { name: "Approve roll-back-deployment@2" }).click();

    await page.getByText("Approved. Nothing has run yet.").waitFor();
    expect(api().decisions()).toEqual([{ verdict: "approve", revision: 1, seen_digest: ROLLBACK.plan.digest }]);
    expect(api().received.find(({ path }) => path.endsWith("/decision"))?.csrf).toBe("csrf-for-oncall");
  });

  it("is not rejected without a reason", async () => {
    const page = await openCard(ROLLBACK);

    await page.getByRole("button", { name: "Reject…" }).click();
    await page.getByRole("button", { name: "Reject roll-back-deployment@2" }).click();
    await page.getByText("Say why: a reason is needed here.").waitFor();
    expect(api().decisions()).toEqual([]);
    await page.getByLabel("Reason").fill("Fix forward: revision 43 is built.");
    await page.getByRole("button", { name: "Reject roll-back-deployment@2" }).click();

    await page.getByText("Rejected. It will not run.").waitFor();
    expect(api().decisions()).toMatchObject([{ verdict: "reject", reason: "Fix forward: revision 43 is built." }]);
  });

  it("of a high risk is approved by whoever types its name", async () => {
    const page = await openCard(DRAIN);

    await page.getByRole("button", { name: "Approve…" }).click();
    await page.getByLabel("Reason").fill("Seen on the BMC, too.");
    await page.getByLabel("Type drain-node to confirm").fill("drain");
    await page.getByRole("button", { name: "Approve drain-node@2" }).click();
    await page.getByText("Type the runbook’s id exactly").waitFor();
    expect(api().decisions()).toEqual([]);
    await page.getByLabel("Type drain-node to confirm").fill("drain-node");
    await page.getByRole("button", { name: "Approve drain-node@2" }).click();

    await page.getByText("Approved. Nothing has run yet.").waitFor();
    expect(await decision(page).innerText()).toContain("2 of 2");
  });

  it("that one asked for oneself is somebody else's to decide", async () => {
    const page = await openCard(RESTART);

    const approve = page.getByRole("button", { name: "Approve…" });
    await approve.waitFor();

    expect(await approve.isDisabled()).toBe(true);
    expect(await page.getByRole("button", { name: "Reject…" }).isDisabled()).toBe(true);
    expect(await approve.getAttribute("aria-describedby")).toBe("why-not");
    expect(await page.locator("#why-not").innerText()).toContain("You asked for this yourself");
    await page.keyboard.press("a");
    expect(await page.locator(".decision form").count()).toBe(0);
  });

  it("that is blocked can be rejected and not approved", async () => {
    const page = await openCard(BLOCKED);

    await page.getByText("It cannot run as things are").waitFor();

    expect(await page.getByRole("button", { name: "Approve…" }).isDisabled()).toBe(true);
    expect(await page.getByRole("button", { name: "Reject…" }).isEnabled()).toBe(true);
  });

  it("is decided alone only behind a glass that is broken with a reason and a name", async () => {
    const page = await openCard(DRAIN);

    await page.locator("summary", { hasText: "Break glass" }).click();
    await page.getByRole("button", { name: "Break glass…" }).click();
    const glass = page.getByRole("form", { name: "Break the glass and approve" });
    await glass.getByRole("button", { name: /^Break the glass/ }).click();
    expect(api().decisions()).toEqual([]);
    await glass.getByLabel("Reason").fill("The second approver is on a plane.");
    await glass.getByLabel("Type drain-node to confirm").fill("drain-node");
    await glass.getByRole("button", { name: /^Break the glass/ }).click();

    await page.getByText("Approved. Nothing has run yet.").waitFor();
    expect(api().decisions()).toMatchObject([{ verdict: "break_glass", reason: "The second approver is on a plane." }]);
  });
});

describe.skipIf(!hasChromium)("a request that changes under one's eyes", () => {
  const otherPlan = { ...ROLLBACK.plan, digest: "f".repeat(64) };

  it("is refused as stale, says what changed, and is decided after another look", async () => {
    const page = await openCard(ROLLBACK);
    await page.getByRole("button", { name: "Approve…" }).click();
    await page.getByLabel("Reason (optional)").fill("Agreed with the shop team.");
    // Nobody told this page.
    api().put({ ...ROLLBACK, revision: 2, plan: otherPlan });

    await page.getByRole("button", { name: "Approve roll-back-deployment@2" }).click();
    await page.getByText("This changed while you looked at it").waitFor();

    await page.getByText("The cluster has changed since this plan was made").waitFor();
    expect(await page.getByRole("button", { name: "Approve roll-back-deployment@2" }).isDisabled()).toBe(true);
    expect(await page.getByLabel("Reason (optional)").inputValue()).toBe("Agreed with the shop team.");
    await page.getByRole("button", { name: "I have looked again" }).click();
    await page.getByRole("button", { name: "Approve roll-back-deployment@2" }).click();
    await page.getByText("Approved. Nothing has run yet.").waitFor();
    expect(api().decisions().at(-1)).toMatchObject({ revision: 2, seen_digest: otherPlan.digest });
  });

  it("is shown in another window as soon as it is decided in this one", async () => {
    const [mine, other] = [await openCard(ROLLBACK), await openCard(ROLLBACK)];
    await other.getByText("Live", { exact: true }).waitFor();
    await other.getByRole("button", { name: "Reject…" }).click();

    await mine.getByRole("button", { name: "Approve…" }).click();
    await mine.getByRole("button", { name: "Approve roll-back-deployment@2" }).click();

    await other.getByText("Approved. Nothing has run yet.").waitFor();
    expect(await other.locator(".decision form").count()).toBe(0);
    await other.waitForFunction(() => document.title === "(4) Approvals · Gatehouse");
  });

  it("expires while it is open: nothing can be sent any more", async () => {
    const page = await openCard(DRAIN);
    await page.getByRole("button", { name: "Approve…" }).click();

    await page.clock.fastForward("05:00");

    await page.getByText("Expired. It will not run.").waitFor();
    expect(await page.getByRole("button", { name: /Approve/ }).count()).toBe(0);
    await page.getByRole("status").getByText("This request has expired.").waitFor({ state: "attached" });
  });

  it("is expired for the server already", async () => {
    api().failing.set("/decision", {
      status: 410,
      reason: "approval_expired",
      detail: "It expired: the requester must ask again.",
    });
    const page = await openCard(ROLLBACK);

    await page.getByRole("button", { name: "Approve…" }).click();
    await page.getByRole("button", { name: "Approve roll-back-deployment@2" }).click();

    await page.getByText("It expired: the requester must ask again.").waitFor();
  });

  it("is not the person's to decide after all: the server's reason is shown", async () => {
    const detail = "Your sign-in is older than ten minutes: sign in again to decide on a high risk.";
    api().failing.set("/decision", { status: 403, reason: "permission_denied", detail });
    const page = await openCard(ROLLBACK);

    await page.getByRole("button", { name: "Approve…" }).click();
    await page.getByRole("button", { name: "Approve roll-back-deployment@2" }).click();

    await page.getByRole("alert").getByText(detail).waitFor();
  });

  it("keeps what was typed when nobody answers", async () => {
    const page = await openCard(ROLLBACK);
    await page.getByRole("button", { name: "Reject…" }).click();
    await page.getByLabel("Reason").fill("A long and careful sentence.");
    api().failing.set("/decision", "hang-up");

    await page.getByRole("button", { name: "Reject roll-back-deployment@2" }).click();
    await page.getByText("Nobody knows whether this arrived").waitFor();

    expect(await page.getByLabel("Reason").inputValue()).toBe("A long and careful sentence.");
    api().failing.clear();
    await page.getByRole("button", { name: "Reject roll-back-deployment@2" }).click();
    await page.getByText("Rejected. It will not run.").waitFor();
  });

  it("keeps what was typed when one signs in again in between", async () => {
    const page = await openCard(ROLLBACK);
    await page.getByRole("button", { name: "Reject…" }).click();
    await page.getByLabel("Reason").fill("Written before the session ended.");
    api().me = undefined;

    await page.getByRole("button", { name: "Reject roll-back-deployment@2" }).click();
    await page.getByLabel("API key").fill("ghk_right");
    await page.getByRole("button", { name: "Sign in" }).click();

    expect(await page.getByLabel("Reason").inputValue()).toBe("Written before the session ended.");
  });
});

describe.skipIf(!hasChromium)("a form that was left", () => {
  it("is closed when one comes back, and keeps its words for when it is opened again", async () => {
    const page = await openCard(ROLLBACK);
    await page.getByRole("button", { name: "Reject…" }).click();
    await page.getByLabel("Reason").fill("Perhaps not.");
    await page.getByRole("button", { name: "Cancel" }).click();

    await page.locator(`[data-card="${SCALE.id}"]`).click();
    await page.getByRole("heading", { name: SCALE.runbook.title }).waitFor();
    await page.locator(`[data-card="${ROLLBACK.id}"]`).click();
    await page.getByRole("heading", { name: ROLLBACK.runbook.title }).waitFor();

    expect(await page.locator(".decision form").count()).toBe(0);
    await page.getByRole("button", { name: "Reject…" }).click();
    expect(await page.getByLabel("Reason").inputValue()).toBe("Perhaps not.");
  });

  it("is forgotten when somebody else signs in", async () => {
    const page = await openCard(ROLLBACK);
    await page.getByRole("button", { name: "Reject…" }).click();
    await page.getByLabel("Reason").fill("Mine alone.");
    api().me = undefined;
    await page.getByRole("button", { name: "Reject roll-back-deployment@2" }).click();
    await page.getByLabel("API key").fill("ghk_lead");

    await page.getByRole("button", { name: "Sign in" }).click();

    await page.getByRole("button", { name: "Reject…" }).click();
    expect(await page.getByLabel("Reason").inputValue()).toBe("");
  });
});
