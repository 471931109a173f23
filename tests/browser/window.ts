// A window on the console, with everything that went wrong in it written down.

import { NOW } from "./samples.ts";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

export interface OpenedWindow {
  readonly page: Page;
  /** Exceptions, errors on the console and breaches of the content security policy. */
  readonly faults: string[];
  close(): Promise<void>;
}

export interface WindowOptions extends BrowserContextOptions {
  /** Where the page's own clock begins. */
  readonly startsAt?: number;
}

export const PHONE = { width: 375, height: 812 };
export const DESK = { width: 1440, height: 900 };

/** The page's own clock stands still from now on: what it does by the clock it does when the test moves it. */
export async function stopClock(page: Page): Promise<void> {
  // Ahead by more than a busy machine takes to get there: a clock cannot be set back.
  await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 60_000);
}

export async function openWindow(
  browser: Browser,
  url: string,
  { startsAt = NOW, ...options }: WindowOptions = {},
): Promise<OpenedWindow> {
  const context = await browser.newContext({ viewport: DESK, locale: "en-GB", timezoneId: "UTC", ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("console", (message) => {
    // That a request was refused is what many of the tests are about.
    const isRefusal = /Failed to load resource|WebSocket connection to/.test(message.text());
    if (message.type() === "error" && !isRefusal) faults.push(message.text());
  });
  await page.clock.install({ time: startsAt });
  await page.goto(url);
  return { page, faults, close: () => context.close() };
}
