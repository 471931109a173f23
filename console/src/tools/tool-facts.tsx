// The limits of a tool, in a row.

import { sayBytes } from "../parts/number.ts";
import { Text } from "../parts/text.tsx";
import { sayTimeout } from "./words.ts";
import type { ToolEntry } from "./api.ts";

export function ToolFacts({ tool }: { readonly tool: ToolEntry }) {
  return (
    <dl class="figures">
      <div>
        <dt>Limit of a session</dt>
        <dd>
          <Text value={tool.rate} />
        </dd>
      </div>
      <div>
        <dt>Cost</dt>
        <dd>
          {tool.cost} {tool.cost === 1 ? "unit" : "units"}
        </dd>
      </div>
      <div>
        <dt>Stopped after</dt>
        <dd>{sayTimeout(tool.timeout_ms)}</dd>
      </div>
      <div>
        <dt>Answers at most</dt>
        <dd>{sayBytes(tool.max_result_bytes)}</dd>
      </div>
    </dl>
  );
}
