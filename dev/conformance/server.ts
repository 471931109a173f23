// The server that the suite is pointed at: the whole stack with the fixtures in it, and a door for each transport.

import { createKey } from "../stack/api-keys.ts";
import { startStack } from "../stack/stack.ts";
import { startBridge } from "./bridge.ts";
import { buildWithFixtures } from "./build.ts";
import { startFront } from "./front.ts";
import type { Stack, StackOptions } from "../stack/stack.ts";
import type { Behind } from "./front.ts";

export interface FixtureServer {
  readonly stack: Stack;
  /** The Worker's own address, which wants a credential: `http://127.0.0.1:8787/mcp`. */
  readonly url: string;
  /** Without a credential, at which the suite can be pointed. */
  readonly http: string;
  readonly socket: string;
  stop(): Promise<void>;
}

export async function startFixtureServer(options: Partial<StackOptions> = {}): Promise<FixtureServer> {
  const config = await buildWithFixtures();
  let behind: Behind | undefined;
  const target = () => {
    if (!behind) throw new Error("the Worker is not there yet");
    return behind;
  };
  const [front, bridge] = [await startFront(target), await startBridge(target)];
  const stopDoors = async () => {
    await front.stop();
    await bridge.stop();
  };

  try {
    const stack = await startStack({
      state: "fresh",
      output: "quiet",
      port: 0,
      config,
      prometheus: "recorded",
      ...options,
      vars: { ALLOWED_ORIGINS: `${front.origin},${bridge.origin}`, FRAME_RATE: "100000/second", ...options.vars },
    });
    const url = stack.address.replace(/^ws/, "http");
    const roles = ["observer", "administrator"];
    const key = await createKey(stack.keys, { principal: "agent/conformance", kind: "agent", roles, days: 1 });
    behind = { url, key };
    const stop = async () => {
      await stopDoors();
      await stack.stop();
    };
    return { stack, url, http: `${front.origin}/mcp`, socket: `${bridge.origin}/mcp`, stop };
  } catch (cause) {
    await stopDoors();
    throw cause;
  }
}
