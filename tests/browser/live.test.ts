// The page of sessions: who is connected, what is under way, and stepping in.

import { describe, expect, it } from "vitest";
import { LiveSession } from "../../src/http/console/contract/live.ts";
import { hasChromium } from "./chromium.ts";
import { ADMIN, CHANGING, seat, session, SESSIONS, WATCHER } from "./sample-sessions.ts";
import { HOSTILE, NOW } from "./samples.ts";
import { stage } from "./stage.ts";
import type { Page } from "playwright-core";

const { api, open } = stage((prepared) => seat(prepared, [CHANGING, ...SESSIONS.slice(1, 6)]));

const HERE = `/console/live/${CHANGING.id}`;
const CALL = CHANGING.in_flight[0]?.call_id ?? "";
const rowsOf = (page: Page) => page.locator(".listing-row");
const namesOf = (page: Page) => rowsOf(page).locator(".listing-link .principal-id").allInnerTexts();
const posts = () => api().received.filter(({ method }) => method === "POST");
const asked = (path: string) => api().received.filter((one) => one.path === path).length;

describe.skipIf(!hasChromium)("the list of sessions", () => {
  it("shows whose each is, over what, since when, and what is under way", async () => {
    const page = await open("/console/live");
    const first = rowsOf(page).first();
    await first.waitFor();

    expect(await rowsOf(page).count()).toBe(6);
    expect(await page.locator(".sums").innerText()).toMatch(/6 sessions\s*4 calls under way\s*171 calls a minute/);
    const shown = await first.innerText();
    for (const part of [
      "agent/incident-triage",
      "team/oncall",
      "claude-code",
      "2.1.4",
      "WebSocket",
      "2025-11-25",
      "38",
    ])
      expect(shown).toContain(part);
    expect(shown).toContain("runbook.execute");
    expect(shown).toMatch(/1 min \d+ s, and 1 more/);
    expect(shown).toContain(CHANGING.key_id);
  });

  it("counts by the server's clock, each second", async () => {
    api().nowMs = NOW + 600_000;
    const page = await open("/console/live");
    const elapsed = rowsOf(page).first().locator(".elapsed");
    await elapsed.waitFor();

    const before = await elapsed.innerText();
    const [, minutes, seconds] = /^(\d+) min (\d+) s$/.exec(before) ?? [];
    const shownS = Number(minutes) * 60 + Number(seconds);
    expect(shownS).toBeGreaterThanOrEqual(695);
    // What has gone by since the page was opened is added, and no more.
    expect(shownS).toBeLessThanOrEqual(696 + (await page.evaluate((openedAt) => Date.now() - openedAt, NOW)) / 1_000);
    await page.clock.runFor(2_000);

    expect(await elapsed.innerText()).not.toBe(before);
  });

  it("keeps each row where it is, puts what comes at the end and marks what has ended", async () => {
    const page = await open("/console/live");
    await rowsOf(page).first().waitFor();
    const before = await namesOf(page);
    const busiest = session(3, { calls_per_minute: 60 });
    const opened_at = new Date(NOW + 60_000).toISOString();
    seat(api(), [session(40, { opened_at }), busiest, CHANGING, ...SESSIONS.slice(4, 6), session(1)]);

    api().tellOf({ changed: "sessions" });
    await page.getByText("new", { exact: true }).waitFor();

    const after = await namesOf(page);
    expect(after.slice(0, 6)).toEqual(before);
    expect(after).toHaveLength(7);
    expect(await rowsOf(page).nth(2).innerText()).toContain("ended");
    expect(await rowsOf(page).nth(3).innerText()).toContain("60");
    await page.getByRole("button", { name: "Clear away 1 ended" }).click();
    await expect.poll(() => rowsOf(page).count()).toBe(6);
    expect((await namesOf(page))[0]).toBe(session(40).principal.id);
  });

  it("does not ask oftener than once in three seconds, however much happens, and asks once more at the end", async () => {
    const page = await open("/console/live");
    await rowsOf(page).first().waitFor();
    // Once for the page and once because the socket is open.
    await page.clock.runFor(3_500);
    await expect.poll(() => asked("sessions")).toBe(2);
    await page.clock.runFor(3_500);
    const before = asked("sessions");

    for (let times = 0; times < 5; times++) api().tellOf({ changed: "calls" });
    await expect.poll(() => asked("sessions")).toBe(before + 1);
    await page.clock.runFor(3_500);

    await expect.poll(() => asked("sessions")).toBe(before + 2);
    await page.clock.runFor(7_000);
    expect(asked("sessions")).toBe(before + 2);
  });

  it("is loaded page by page, and loaded again as far as it was", async () => {
    seat(api(), SESSIONS, 20);
    const page = await open("/console/live");
    await rowsOf(page).first().waitFor();
    expect(await rowsOf(page).count()).toBe(20);
    expect(await page.locator(".sums").innerText()).toContain("of the 20 shown");

    await page.getByRole("button", { name: "Show more of the other 30" }).click();
    await expect.poll(() => rowsOf(page).count()).toBe(40);
    await page.getByRole("button", { name: "Show more of the other 10" }).click();
    await expect.poll(() => rowsOf(page).count()).toBe(50);

    expect(await page.getByRole("button", { name: /Show more/ }).count()).toBe(0);
  });

  it("shows the sessions of one principal at an address of their own", async () => {
    const page = await open("/console/live");
    await rowsOf(page).first().waitFor();

    await page.getByLabel("Principal").fill("agent/shop-helper");
    await page.getByRole("button", { name: "Show", exact: true }).click();
    await expect.poll(() => rowsOf(page).count()).toBe(1);

    expect(new URL(page.url()).search).toBe("?principal=agent%2Fshop-helper");
    await page.goBack();
    await expect.poll(() => rowsOf(page).count()).toBe(6);
  });

  it("says so when nobody is there, when it could not be loaded, and when it may be out of date", async () => {
    api().failing.set("sessions", { status: 503, reason: "unavailable", detail: "The sessions cannot be asked now." });
    seat(api(), []);
    const page = await open("/console/live");
    await page.getByText("The sessions cannot be asked now.").waitFor();
    api().failing.clear();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("Nobody is connected").waitFor();

    api().failing.set("sessions", "hang-up");
    api().tellOf({ changed: "sessions" });
    await page.clock.runFor(3_500);
    await page.getByText("This may be out of date").waitFor();
  });

  it("is not offered to whoever may not see it, and the server's words are shown where it says no", async () => {
    api().me = { ...ADMIN, permissions: ["keys:admin"] };
    api().failing.set("sessions", { status: 403, reason: "permission_denied", detail: "You need sessions:read." });
    const page = await open("/console/live");

    await page.getByText("You need sessions:read.").waitFor();

    expect(await page.getByRole("navigation", { name: "Pages" }).getByText("Live").count()).toBe(0);
  });

  it("shows a session that is not reached as asleep, and counts nothing for it", async () => {
    seat(api(), [session(10)]);
    const page = await open("/console/live");

    const row = rowsOf(page).first();
    await row.getByText("asleep or not reached just now").waitFor();
    expect(await row.locator(".number").innerText()).toBe("–");
  });

  it("shows what agents say of themselves as text", async () => {
    const principal = { id: HOSTILE, kind: "agent" as const, roles: [HOSTILE], on_behalf_of: HOSTILE };
    const client = { name: HOSTILE, version: HOSTILE };
    seat(api(), [LiveSession().parse({ ...CHANGING, principal, client, protocol: HOSTILE, key_id: HOSTILE })]);
    const page = await open("/console/live");
    await rowsOf(page).first().waitFor();
    await rowsOf(page).first().locator("a").click();
    await page.getByRole("heading", { name: "Limits" }).waitFor();

    expect(await page.locator("main :is(img, script, b, i, iframe, [style], [onerror])").count()).toBe(0);
    expect(await page.evaluate(() => "hit" in window)).toBe(false);
    expect(await page.locator("h1").innerText()).toContain("U+202E");
  });
});

describe.skipIf(!hasChromium)("a session", () => {
  it("is opened with the keyboard, says all that is known, and Escape leads back", async () => {
    const page = await open("/console/live");
    const link = rowsOf(page).first().locator("a");
    await link.waitFor();
    await link.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Under way" }).waitFor();

    expect(new URL(page.url()).pathname).toBe(HERE);
    const shown = await page.locator("main").innerText();
    for (const part of ["logs.search", "1 left of 10/minute", "4,312 of 5,000 units used this hour", "2 subscriptions"])
      expect(shown).toContain(part);
    expect(await page.locator("h1").evaluate((it) => it === document.activeElement)).toBe(true);
    await page.keyboard.press("Escape");
    await rowsOf(page).first().waitFor();
    await expect.poll(() => link.evaluate((it) => it === document.activeElement)).toBe(true);
  });

  it("leads to the rows of the audit log about it", async () => {
    const page = await open(HERE);
    const link = page.getByRole("link", { name: "What this session did" });

    expect(await link.getAttribute("href")).toBe(`/console/audit?last=24h&session=${CHANGING.id}`);
    expect(await page.getByRole("link", { name: "What this principal did" }).getAttribute("href")).toBe(
      "/console/audit?last=24h&actor=agent%2Fincident-triage",
    );
  });

  it("is seen to end, and what it did can still be found", async () => {
    const page = await open(HERE);
    await page.getByRole("heading", { name: "Under way" }).waitFor();

    api().failing.set(CHANGING.id, { status: 404, reason: "not_found", detail: "There is no such session." });
    api().tellOf({ changed: "sessions" });
    await page.clock.runFor(1_500);

    await page.getByText("This session has ended").waitFor();
    expect(await page.getByRole("button", { name: "Disconnect…" }).count()).toBe(0);
    expect(await page.getByRole("link", { name: "What it did, in the audit log" }).count()).toBe(1);
  });

  it("cannot be stepped into by whoever may only look", async () => {
    api().me = WATCHER;
    const page = await open(HERE);
    await page.getByText("To step in you need the permission sessions:manage.").waitFor();

    expect(await page.getByRole("button", { name: /Cancel|Disconnect|Revoke/ }).count()).toBe(0);
    expect(await page.getByRole("link", { name: /audit log|did/ }).count()).toBe(0);
  });

  it("over single requests has nothing that could be disconnected", async () => {
    seat(api(), [session(4)]);
    const page = await open(`/console/live/${session(4).id}`);
    const button = page.getByRole("button", { name: "Disconnect…" });
    await button.waitFor();

    expect(await button.isDisabled()).toBe(true);
    await page.getByText("there is no session that could end").waitFor();
  });
});

describe.skipIf(!hasChromium)("stepping in", () => {
  const cancelled = () => {
    const after = LiveSession().parse({ ...CHANGING, in_flight: CHANGING.in_flight.slice(1) });
    seat(api(), [after]);
    return after;
  };

  it("cancels a call for a reason, and leaves alone what has begun to change something", async () => {
    api().answers.set("POST sessions", cancelled);
    const page = await open(HERE);
    const cancel = page.getByRole("button", { name: "Cancel logs.search…" });
    await cancel.waitFor();
    expect(await page.getByRole("button", { name: "Cancel runbook.execute…" }).isDisabled()).toBe(true);

    await cancel.click();
    await page.getByRole("button", { name: "Cancel the call" }).click();
    await page.getByText("Say why: a reason is needed here.").waitFor();
    expect(posts()).toEqual([]);
    await page.getByLabel("Reason").fill("It reads everything.");
    await page.getByRole("button", { name: "Cancel the call" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });

    expect(posts()).toEqual([
      {
        method: "POST",
        path: `sessions/${CHANGING.id}/cancel`,
        body: { call_id: CALL, reason: "It reads everything." },
        csrf: ADMIN.csrf,
      },
    ]);
    expect(await cancel.count()).toBe(0);
    expect(await page.getByRole("status").last().innerText()).toBe("Cancelled: logs.search.");
  });

  it.each([
    [409, "It has ended already.", "The call goes on"],
    [403, "You need sessions:manage.", "The call goes on"],
    [503, "The session cannot be reached now.", "The call goes on"],
  ])("keeps the words and shows the server's where it says %i", async (status, detail, title) => {
    api().failing.set("/cancel", { status, reason: "x", detail });
    const page = await open(HERE);
    await page.getByRole("button", { name: "Cancel logs.search…" }).click();
    await page.getByLabel("Reason").fill("Too much.");

    await page.getByRole("button", { name: "Cancel the call" }).click();
    await page.getByText(detail).waitFor();

    expect(await page.getByRole("alert").innerText()).toContain(title);
    expect(await page.getByLabel("Reason").inputValue()).toBe("Too much.");
  });

  it("keeps what is typed while the session changes beneath it", async () => {
    const page = await open(HERE);
    await page.getByRole("button", { name: "Disconnect…" }).click();
    await page.getByLabel("Reason").fill("Half a sen");

    seat(api(), [LiveSession().parse({ ...CHANGING, in_flight: [], calls_per_minute: 59 })]);
    api().tellOf({ changed: "calls" });
    await page.clock.runFor(1_500);
    await page.getByText("59 calls in the last minute").waitFor({ state: "attached" });

    expect(await page.getByLabel("Reason").inputValue()).toBe("Half a sen");
  });

  it("disconnects, says so, and leads back to the list", async () => {
    api().answers.set("POST sessions", () => undefined);
    const page = await open(HERE);
    const button = page.getByRole("button", { name: "Disconnect…" });
    await button.click();
    await page.keyboard.press("Escape");
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect(await button.evaluate((it) => it === document.activeElement)).toBe(true);

    await button.click();
    await page.getByText("Its key stays valid").waitFor();
    await page.getByLabel("Reason").fill("A loop.");
    await page.getByRole("button", { name: "Disconnect", exact: true }).click();
    await rowsOf(page).first().waitFor();

    expect(posts()).toMatchObject([{ path: `sessions/${CHANGING.id}/disconnect`, body: { reason: "A loop." } }]);
  });

  it("does not know whether it arrived where nobody answers", async () => {
    api().failing.set("/disconnect", "hang-up");
    const page = await open(HERE);
    await page.getByRole("button", { name: "Disconnect…" }).click();
    await page.getByLabel("Reason").fill("A loop.");

    await page.getByRole("button", { name: "Disconnect", exact: true }).click();

    await page.getByText("Nobody knows whether this arrived").waitFor();
  });

  it("revokes the key of a session, and says first which sessions end", async () => {
    api().answers.set("POST keys", () => ({}));
    api().failing.set("/revoke", { status: 409, reason: "conflict", detail: "This key is revoked already." });
    const page = await open(HERE);
    await page.getByRole("button", { name: "Revoke its key…" }).click();
    await page.getByText("1 open session will end:").waitFor();
    await page.getByLabel("Reason").fill("Leaked.");

    await page.getByRole("button", { name: "Revoke the key" }).click();

    await page.getByText("This key is revoked already.").waitFor();
    expect(posts()).toMatchObject([{ path: `keys/${CHANGING.key_id ?? ""}/revoke`, body: { reason: "Leaked." } }]);
  });
});
