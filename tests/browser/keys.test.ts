// The page of keys: who holds which, making, rotating and revoking them, and a secret that is seen once.

import { describe, expect, it } from "vitest";
import { KeyEntry, Keys } from "../../src/http/console/contract/keys.ts";
import { hasChromium } from "./chromium.ts";
import { hang, key, KEYS, ROLES, SECRET } from "./sample-keys.ts";
import { ADMIN, seat, session } from "./sample-sessions.ts";
import { HOSTILE, NOW } from "./samples.ts";
import { stage } from "./stage.ts";
import type { Page } from "playwright-core";

const { api, open } = stage((prepared) => {
  seat(prepared, [session(0), session(12), session(1)]);
  hang(prepared, KEYS.slice(0, 12));
});

const rows = (page: Page) => page.locator(".listing-row");
const posts = () => api().received.filter(({ method }) => method === "POST");
const dialog = (page: Page) => page.getByRole("dialog");
const CLIPBOARD = { permissions: ["clipboard-read", "clipboard-write"] };

/** All that a browser keeps of a page, and all that is drawn of it. */
const kept = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const databases = await indexedDB.databases();
    return [
      document.documentElement.outerHTML,
      location.href,
      JSON.stringify([localStorage, sessionStorage, history.state, databases, document.cookie, window.name]),
    ].join();
  });

async function make(page: Page): Promise<void> {
  await page.getByRole("button", { name: "New key…" }).click();
  await page.getByLabel("Holder").fill("agent/new-one");
  await page.getByRole("checkbox", { name: /^observer/ }).check();
  await page.getByRole("button", { name: "Make the key" }).click();
}

describe.skipIf(!hasChromium)("the list of keys", () => {
  it("shows those that are active first, with holder, roles, owner, end and last use", async () => {
    const page = await open("/console/keys");
    await rows(page).first().waitFor();

    expect(await rows(page).count()).toBe(9);
    const first = await rows(page).first().innerText();
    for (const part of [
      "agent/incident-triage",
      "for team/oncall",
      "k_007f3a9c21e4",
      "operator",
      "in 3 days",
      "just now",
    ])
      expect(first).toContain(part);
    expect(await page.locator(".soon").count()).toBe(3);
    expect(await rows(page).filter({ hasText: "k_047f3a9c21e4" }).innerText()).toContain("never");
  });

  it("is searched and filtered by state", async () => {
    const page = await open("/console/keys");
    await page.getByLabel("Revoked 2").check();
    expect(await rows(page).count()).toBe(2);
    expect(await rows(page).first().innerText()).toMatch(/revoked 2 days ago/);
    expect(await page.getByRole("button", { name: /Rotate|Revoke/ }).count()).toBe(0);

    await page.getByLabel("All 12").check();
    await page.getByLabel("Search").fill("TEAM/shop operator");
    expect(await rows(page).count()).toBe(2);
    expect(await page.getByRole("search").getByRole("status").innerText()).toBe("2 keys");
    await page.getByLabel("Search").fill("nothing at all");
    await page.getByText("No key is like that").waitFor();
  });

  it("says why a key may not be changed, and warns where it has a price", async () => {
    const mine = { may_change: false, why_not: "Only npm run keys changes this one." };
    const last = { may_change: true, why_not: "This is your own last key. It can be revoked." };
    hang(api(), [key(0, { mine }), key(1, { mine: last })]);
    const page = await open("/console/keys");
    const barred = page.getByRole("button", { name: "Revoke k_007f3a9c21e4…" });
    await barred.waitFor();

    expect(await barred.isDisabled()).toBe(true);
    expect(await rows(page).first().innerText()).toContain("Only npm run keys changes this one.");
    await page.getByRole("button", { name: "Revoke k_017f3a9c21e4…" }).click();
    expect(await dialog(page).innerText()).toContain("This is your own last key.");
  });

  it("shows what is written of keys as text, and says so where it cannot be loaded", async () => {
    const hostile = { principal: HOSTILE, roles: [HOSTILE], owner: HOSTILE, note: HOSTILE, on_behalf_of: HOSTILE };
    api().failing.set("keys", { status: 403, reason: "permission_denied", detail: "You need keys:admin everywhere." });
    hang(api(), [key(0, hostile)]);
    const page = await open("/console/keys");
    await page.getByText("You need keys:admin everywhere.").waitFor();
    api().failing.clear();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("button", { name: /Revoke/ }).click();

    expect(await page.locator("main :is(img, script, b, i, iframe, [style], [onerror])").count()).toBe(0);
    expect(await page.evaluate(() => "hit" in window)).toBe(false);
  });

  it("changes in another window when a key is made in this one", async () => {
    const [here, there] = [await open("/console/keys"), await open("/console/keys")];
    await rows(there).first().waitFor();
    await make(here);
    await dialog(here).getByText(SECRET).waitFor();

    api().tellOf({ changed: "keys" });
    await there.clock.runFor(2_500);

    await rows(there).filter({ hasText: "agent/new-one" }).waitFor();
    expect(await kept(there)).not.toContain(SECRET);
  });

  it("says so where there is no key yet", async () => {
    api().answers.set("GET keys", () => Keys().parse({ keys: [], roles: ROLES, now: new Date(NOW).toISOString() }));
    const page = await open("/console/keys");

    await page.getByText("There is no key yet").waitFor();
  });
});

describe.skipIf(!hasChromium)("making a key", () => {
  it("asks for what is needed before it asks the server", async () => {
    const page = await open("/console/keys");
    await page.getByRole("button", { name: "New key…" }).click();
    await page.getByLabel("Ends after, in days").fill("400");
    await page.getByRole("button", { name: "Make the key" }).click();

    expect(await dialog(page).locator(".field-fault").allInnerTexts()).toEqual([
      "Say who will hold it, such as agent/incident-triage.",
      "Choose at least one.",
      "Say for how many days, from 1 to 365.",
    ]);
    expect(posts()).toEqual([]);
  });

  it("sends what was typed, and nothing for what was left empty", async () => {
    const page = await open("/console/keys");
    await page.getByRole("button", { name: "New key…" }).click();
    await page.getByLabel("Holder").fill(" agent/new-one ");
    await page.getByLabel("a person").check();
    await page.getByRole("checkbox", { name: /^shop-operator/ }).check();
    await page.getByRole("checkbox", { name: /^agent/ }).check();
    await page.getByLabel("Ends after, in days").fill("30");
    await page.getByLabel("On behalf of").fill("team/shop");
    await page.getByRole("button", { name: "Make the key" }).click();
    await dialog(page).getByText(SECRET).waitFor();

    expect(posts()).toEqual([
      {
        method: "POST",
        path: "keys",
        body: {
          principal: "agent/new-one",
          kind: "human",
          roles: ["agent", "shop-operator"],
          expires_in_days: 30,
          on_behalf_of: "team/shop",
        },
        csrf: ADMIN.csrf,
      },
    ]);
  });

  it.each([
    [403, "Names that begin with access: belong to others."],
    [400, "principal is not a name."],
    [503, "The keys cannot be changed now."],
  ])("keeps the words where the server says %i", async (status, detail) => {
    const page = await open("/console/keys");
    await rows(page).first().waitFor();
    api().failing.set("keys", { status, reason: "x", detail });
    await make(page);
    await dialog(page).getByText(detail).waitFor();

    expect(await page.getByLabel("Holder").inputValue()).toBe("agent/new-one");
    expect(await dialog(page).getByRole("alert").innerText()).toContain("No key was made");
  });

  it("does not know whether one was made where nobody answers", async () => {
    const page = await open("/console/keys");
    await rows(page).first().waitFor();
    api().failing.set("keys", "hang-up");
    await make(page);

    await dialog(page).getByText("Nobody knows whether this arrived").waitFor();
  });
});

describe.skipIf(!hasChromium)("a secret", () => {
  it("is copied, and then nowhere: not drawn, not in the address, not in what the browser keeps", async () => {
    const page = await open("/console/keys", CLIPBOARD);
    await make(page);
    await dialog(page).getByText(SECRET).waitFor();
    expect((await kept(page)).split(SECRET)).toHaveLength(2);

    await page.getByRole("button", { name: "Copy the key" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(SECRET);
    await page.getByRole("button", { name: "Close", exact: true }).click();
    await dialog(page).waitFor({ state: "detached" });

    expect(await kept(page)).not.toContain(SECRET);
    expect(await page.getByRole("status").last().innerText()).not.toContain(SECRET);
    await rows(page).filter({ hasText: "agent/new-one" }).waitFor();
    await page.reload();
    await rows(page).first().waitFor();
    expect(await kept(page)).not.toContain(SECRET);
  });

  it("is not lost by Escape, by a way back or by loading the page again, without a yes", async () => {
    const page = await open("/console/policy");
    await page.getByRole("link", { name: "Keys" }).click();
    await make(page);
    await dialog(page).getByText(SECRET).waitFor();
    for (let times = 0; times < 3; times++) await page.keyboard.press("Escape");
    await page.getByText("You have not copied it").waitFor();
    await page.goBack();
    expect(new URL(page.url()).pathname).toBe("/console/policy");
    expect(await dialog(page).getByText(SECRET).isVisible()).toBe(true);

    const asked = page.waitForEvent("dialog");
    const leaving = page.evaluate(() => location.reload());
    const question = await asked;
    expect(question.type()).toBe("beforeunload");
    await question.dismiss();
    await leaving;
    expect(await dialog(page).getByText(SECRET).isVisible()).toBe(true);
    await page.getByRole("button", { name: "I have it: close" }).or(page.getByText("Close without it")).first().click();
    const without = page.getByRole("button", { name: "Close without it" });
    if ((await without.count()) > 0) await without.click();
    await dialog(page).waitFor({ state: "detached" });
    expect(await kept(page)).not.toContain(SECRET);
  });

  it("counts as copied when it was selected and copied by hand", async () => {
    const page = await open("/console/keys", CLIPBOARD);
    await make(page);
    await page.locator(".secret").click();
    await page.keyboard.press("Control+c");

    await page.getByRole("button", { name: "Close", exact: true }).click();

    await dialog(page).waitFor({ state: "detached" });
  });
});

describe.skipIf(!hasChromium)("rotating and revoking", () => {
  it("rotates with an overlap, and shows the new key once", async () => {
    const page = await open("/console/keys");
    await page.getByRole("button", { name: "Rotate k_017f3a9c21e4…" }).click();
    await page.getByText("works for another day: until then").waitFor();
    await page.getByLabel("The old key").selectOption("60");
    await page.getByText("works for another hour: until then").waitFor();
    await page.getByLabel("The new key ends after, in days").fill("14");
    await page.getByRole("button", { name: "Make the new key" }).click();
    await dialog(page).getByText(SECRET).waitFor();

    expect(posts()).toMatchObject([
      { path: "keys/k_017f3a9c21e4/rotate", body: { overlap_minutes: 60, expires_in_days: 14 }, csrf: ADMIN.csrf },
    ]);
    await rows(page).filter({ hasText: "k_017f3a9c21e4" }).getByText("in 1 h").waitFor({ state: "attached" });
  });

  it("revokes for a reason, and says first which sessions end", async () => {
    const page = await open("/console/keys");
    await page.getByRole("button", { name: "Revoke k_007f3a9c21e4…" }).click();
    await page.getByText("2 open sessions will end:").waitFor();
    expect(await dialog(page).innerText()).toContain("claude-code 2.1.4 from 203.0.113.10, 1 call under way");
    await page.getByRole("button", { name: "Revoke the key" }).click();
    await page.getByText("Say why: a reason is needed here.").waitFor();
    await page.getByLabel("Reason").fill("Leaked in a log.");
    await page.getByRole("button", { name: "Revoke the key" }).click();
    await dialog(page).waitFor({ state: "detached" });

    expect(posts()).toMatchObject([{ path: "keys/k_007f3a9c21e4/revoke", body: { reason: "Leaked in a log." } }]);
    await page.getByLabel("Revoked 3").waitFor();
    expect(await rows(page).filter({ hasText: "k_007f3a9c21e4" }).count()).toBe(0);
  });

  it("says that the key is still valid where the server refuses", async () => {
    api().failing.set("/revoke", { status: 409, reason: "conflict", detail: "This key is revoked already." });
    const page = await open("/console/keys");
    await page.getByRole("button", { name: "Revoke k_007f3a9c21e4…" }).click();
    await page.getByLabel("Reason").fill("Leaked.");
    await page.getByRole("button", { name: "Revoke the key" }).click();
    await page.getByText("This key is revoked already.").waitFor();

    expect(await dialog(page).getByRole("alert").innerText()).toContain("The key is still valid");
    expect(KeyEntry().parse(KEYS[0]).state).toBe("active");
  });
});
