// A question of the demo's agent, as it is shown and counted.

import { call } from "./show.ts";
import type { Agent } from "../stack/agent.ts";

/** Calls a tool, and counts. What is refused ends the story. */
export interface Ask {
  (tool: string, args: object): Promise<unknown>;
  readonly count: () => number;
}

export function asker(agent: Agent): Ask {
  let calls = 0;
  const ask = async (tool: string, args: object): Promise<unknown> => {
    calls++;
    call(tool, args);
    const { result, error } = await agent.request(tool, args);
    if (error) throw new Error(`${tool} was refused: ${error.message}`);
    return result;
  };
  return Object.assign(ask, { count: () => calls });
}
