// The built files as the platform serves them: its headers file applied, and the page for every address without a file.

import { readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { CONSOLE_ASSETS } from "../../console/build.ts";
import type { ServerResponse } from "node:http";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

export function servePage(path: string, response: ServerResponse): void {
  const name = /^\/console\/([\w.-]+)$/.exec(path)?.[1] ?? "index.html";
  const content = read(name) ?? read("index.html");
  const type = TYPES[read(name) ? extname(name) : ".html"] ?? "application/octet-stream";
  response.writeHead(200, { ...headers(), "content-type": type }).end(content);
}

function read(name: string): Buffer | undefined {
  try {
    return readFileSync(join(CONSOLE_ASSETS, name));
  } catch {
    // An address of the page, and no file.
    return undefined;
  }
}

/** All under one rule: `/console/*`. */
function headers(): Record<string, string> {
  const lines = readFileSync(join(CONSOLE_ASSETS, "_headers"), "utf8").matchAll(/^ {2}([\w-]+): (.+)$/gm);
  return Object.fromEntries([...lines].map(([, name = "", value = ""]) => [name, value]));
}
