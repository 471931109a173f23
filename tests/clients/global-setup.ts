// One stack for all clients: the product and the fixtures on one engine, as `npm run conformance` starts it.

import { startFixtureServer } from "../../dev/conformance/server.ts";
import type { TestProject } from "vitest/node";

/** Plain data: it crosses from vitest's process to those of the tests. */
export interface Server {
  /** `http://127.0.0.1:8787/mcp` */
  readonly url: string;
  /** `ws://127.0.0.1:8787/mcp` */
  readonly address: string;
  readonly databaseUrl: string;
  readonly keyPepper: string;
}

declare module "vitest" {
  interface ProvidedContext {
    readonly server: Server;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const running = await startFixtureServer({ vars: { AUDIT_DRAIN_DELAY_MS: "100" } });
  const { stack, url } = running;
  project.provide("server", { url, address: stack.address, ...stack.owner });
  return () => running.stop();
}
