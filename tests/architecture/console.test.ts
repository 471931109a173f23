// The console's page: what it may import, and the ways in which a page is made to run what somebody else wrote.

import { describe, expect, it } from "vitest";
import { codeOf, filesIn, importsOf, textOf } from "../support/source-files.ts";

const files = filesIn("console/src");

/** Values of the server that the page carries with it; of everything else it knows the types. */
const CARRIED = ["../../../src/result.ts", "../../../src/http/console/contract/audit-filter.ts"];
const PACKAGES = ["preact", "preact/hooks", "uplot"];

function breaches(path: string, text: string): readonly string[] {
  return importsOf(text)
    .filter(({ from, isTypeOnly }) => !isTypeOnly && !PACKAGES.includes(from))
    .filter(({ from }) => !from.startsWith(".") || (from.includes("/src/") && !CARRIED.includes(from)))
    .map(({ from }) => `${path} may not import ${from}`);
}

describe("the page", () => {
  it.each(files)("imports Preact, uPlot and itself, and of the server only types: %s", (path) => {
    expect(breaches(path, textOf(path))).toEqual([]);
  });

  it.each([
    'import { z } from "zod";',
    'import { CONSOLE_API } from "../../../src/http/console/contract.ts";',
    'import React from "react";',
  ])("would be found to import what it may not: %s", (text) => {
    expect(breaches("console/src/api/x.ts", text)).toHaveLength(1);
  });
});

/** Words, and the files in which they may stand. */
const RESERVED: readonly (readonly [string, RegExp, readonly string[]])[] = [
  [
    "markup made of text",
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment/i,
    [],
  ],
  ["code made of text", /\beval\(|\bnew Function\(|javascript:/, []],
  ["a style of an element", /\bstyle=|\.style\b|cssText/, []],
  ["a cookie", /document\.cookie|cookieStore/, []],
  ["what a browser keeps", /localStorage|sessionStorage|indexedDB/, ["console/src/console.ts"]],
  [
    "asking the network",
    /\bfetch\(|XMLHttpRequest|sendBeacon|EventSource/,
    ["console/src/api/client.ts", "console/src/console.ts"],
  ],
  ["a socket", /\bnew (window\.)?WebSocket\(/, ["console/src/console.ts"]],
];

describe("words that have their place", () => {
  it.each(RESERVED)("%s stand nowhere else", (_what, word, places) => {
    expect(files.filter((path) => word.test(codeOf(textOf(path))))).toEqual([...places]);
  });
});

describe("the files that are served as they are", () => {
  it("hold no script and no style of their own", () => {
    const page = textOf("console/index.html");

    expect(page).not.toMatch(/<style|<script(?![^>]*\bsrc=)|\bon\w+=|\bstyle=|https?:/);
  });

  it("come with a policy that allows nothing from elsewhere", () => {
    const policy = /Content-Security-Policy: (.*)/.exec(textOf("console/public/_headers"))?.[1] ?? "";
    const directives = Object.fromEntries(policy.split("; ").map((directive) => directive.split(/ (.*)/).slice(0, 2)));

    expect(directives).toEqual({
      "default-src": "'none'",
      "script-src": "'self'",
      "style-src": "'self'",
      "connect-src": "'self'",
      "img-src": "'self' data:",
      "font-src": "'self'",
      "base-uri": "'none'",
      "form-action": "'self'",
      "frame-ancestors": "'none'",
      "require-trusted-types-for": "'script'",
      "trusted-types": "'none'",
    });
  });
});
