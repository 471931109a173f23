// A tool's schemas, as they are written.

import { CopyButton } from "../parts/copy-button.tsx";
import { Text } from "../parts/text.tsx";
import type { ToolEntry } from "./api.ts";

export function Schemas({ tool }: { readonly tool: ToolEntry }) {
  return (
    <>
      <Schema title="Input schema" schema={tool.input_schema} />
      <Schema title="Output schema" schema={tool.output_schema} />
    </>
  );
}

function Schema({ title, schema }: { readonly title: string; readonly schema: ToolEntry["input_schema"] }) {
  const text = JSON.stringify(schema, undefined, 2);
  return (
    <details class="block schema">
      <summary>{title}</summary>
      <CopyButton text={text} label="Copy" />
      <pre class="json" tabIndex={0} aria-label={title}>
        <Text value={text} />
      </pre>
    </details>
  );
}
