// All that a row says.

import { CopyButton } from "../parts/copy-button.tsx";
import { Fact, Facts } from "../parts/facts.tsx";
import { sayTimeInFull } from "../parts/moment.ts";
import { sayBytes, sayCount, saySpan } from "../parts/number.ts";
import { Text } from "../parts/text.tsx";
import { PHASES } from "./words.ts";
import type { AuditRow } from "./api.ts";

type Name = keyof AuditRow;

/** In the order in which one asks: who, what, where, how it went. */
const FIELDS = [
  ["actor", "Actor"],
  ["actor_type", "Kind of actor"],
  ["on_behalf_of", "On behalf of"],
  ["key_id", "Key"],
  ["source_ip", "From address"],
  ["action", "Action"],
  ["tool", "Tool"],
  ["cluster", "Cluster"],
  ["namespace", "Namespace"],
  ["decision", "Decision"],
  ["policy_version", "Policy"],
  ["reason", "Reason"],
  ["result_digest", "Digest of the result"],
  ["approval_id", "Approval"],
  ["session_id", "Session"],
  ["call_id", "Call"],
  ["id", "Row"],
] as const satisfies readonly (readonly [Name, string])[];

export function Fields({ row }: { readonly row: AuditRow }) {
  const { ts, phase, duration_ms: tookMs, result_bytes: bytes, count, trace_id: trace } = row;
  return (
    <section class="block" aria-labelledby="event-fields">
      <h3 id="event-fields">Fields</h3>
      <Facts>
        <Fact name="Time">{sayTimeInFull(ts)}</Fact>
        <Fact name="Phase">{PHASES[phase]}</Fact>
        {FIELDS.map(([name, title]) => {
          const value = row[name];
          return value === undefined ? null : (
            <Fact key={name} name={title}>
              <span class="field-value">
                <Text value={value} />
              </span>
            </Fact>
          );
        })}
        {tookMs !== undefined && <Fact name="Took">{saySpan(tookMs)}</Fact>}
        {bytes !== undefined && <Fact name="Size of the result">{sayBytes(bytes)}</Fact>}
        {count !== undefined && <Fact name="Counted together">{sayCount(count)}</Fact>}
        {trace !== undefined && (
          <Fact name="Trace">
            <span class="field-value">
              <Text value={trace} />
            </span>{" "}
            <CopyButton text={trace} label="Copy the trace id" />
          </Fact>
        )}
      </Facts>
    </section>
  );
}
