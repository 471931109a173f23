// What every test of the console begins with: a browser, a server, windows, and nothing that went wrong in any of them.

import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import { hasChromium, launch } from "./chromium.ts";
import { ScriptedApi } from "./scripted-api.ts";
import { openWindow } from "./window.ts";
import type { Browser, Page } from "playwright-core";
import type { OpenedWindow, WindowOptions } from "./window.ts";

export interface Stage {
  readonly api: () => ScriptedApi;
  readonly open: (path?: string, options?: WindowOptions) => Promise<Page>;
  readonly openCard: (card: { readonly id: string }, options?: WindowOptions) => Promise<Page>;
  /** What went wrong so far, for a test that made it go wrong: it is forgiven. */
  readonly forgive: () => readonly string[];
}

/** Registers what is to be done before and after each test of the file that calls it. */
export function stage(prepare: (api: ScriptedApi) => void): Stage {
  let browser: Browser;
  let api: ScriptedApi;
  let origin: string;
  let windows: OpenedWindow[] = [];
  if (!hasChromium) {
    const missing = () => Promise.reject(new Error("there is no browser"));
    return { api: () => new ScriptedApi(), open: missing, openCard: missing, forgive: () => [] };
  }

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    api = new ScriptedApi();
    prepare(api);
    origin = await api.start();
  });
  afterEach(async () => {
    const faults = windows.flatMap((opened) => opened.faults);
    for (const opened of windows) await opened.close();
    windows = [];
    await api.stop();
    expect(faults).toEqual([]);
  });

  const open = async (path = "/console/", options: WindowOptions = {}) => {
    const opened = await openWindow(browser, `${origin}${path}`, options);
    windows.push(opened);
    return opened.page;
  };
  return {
    api: () => api,
    open,
    openCard: ({ id }, options) => open(`/console/approvals/${id}`, options),
    forgive: () => windows.flatMap(({ faults }) => faults.splice(0)),
  };
}
