// Rows as NDJSON on the clipboard: one JSON object a line, as the server answered them.

import { useState } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { Icon } from "../parts/icon.tsx";
import { countOf } from "../parts/number.ts";
import type { AuditRow } from "./api.ts";

export interface CopyRowsProps {
  readonly rows: readonly AuditRow[];
  readonly label: string;
}

interface Done {
  readonly rows: CopyRowsProps["rows"];
  readonly hasWorked: boolean;
}

export function CopyRows({ rows, label }: CopyRowsProps) {
  const { announcement } = useConsole();
  const [done, setDone] = useState<Done>();
  const copy = async () => {
    const text = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
    const hasWorked = await navigator.clipboard.writeText(text).then(
      () => true,
      // Some browsers allow it to nobody, and without a secure origin there is no clipboard.
      () => false,
    );
    setDone({ rows, hasWorked });
    announcement.put(hasWorked ? `Copied ${countOf(rows.length, "row")} as NDJSON.` : FAILED);
  };
  // What was copied is not what stands here now.
  const hasWorked = done?.rows === rows ? done.hasWorked : undefined;
  return (
    <span class="copy">
      <button type="button" class="button button-small" disabled={rows.length === 0} onClick={() => void copy()}>
        <Icon name={hasWorked === true ? "check" : "copy"} />
        {hasWorked === true ? `Copied ${countOf(rows.length, "row")}` : label}
      </button>
      {hasWorked === false && <span class="field-fault">{FAILED}</span>}
    </span>
  );
}

const FAILED = "The browser did not let it be copied. Export the rows instead: npm run audit -- export";
