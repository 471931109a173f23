// What came of a call: the answer as text, how long it took, and where it is recorded.

import { sayProblem } from "../api/problem.ts";
import { AuditLink } from "../parts/audit-link.tsx";
import { Badge } from "../parts/badge.tsx";
import { CopyButton } from "../parts/copy-button.tsx";
import { Notice } from "../parts/notice.tsx";
import { sayBytes, saySpan } from "../parts/number.ts";
import { Text } from "../parts/text.tsx";
import { Elapsed } from "../sessions/elapsed.tsx";
import { pretty } from "./message.ts";
import type { RawAnswer } from "./api.ts";
import type { MadeCall } from "./made-call.ts";
import type { RpcFault } from "./message.ts";

export interface CameViewProps {
  readonly call: MadeCall | undefined;
  readonly tool: string;
}

export function CameView({ call, tool }: CameViewProps) {
  if (!call) return <p class="quiet">What comes back is shown here, as an agent would get it.</p>;
  return (
    <div class="stack">
      <Came call={call} tool={tool} />
      <details class="sent">
        <summary>What was sent</summary>
        <CopyButton text={call.sent} label="Copy the request" />
        <pre class="json" tabIndex={0} aria-label="What was sent">
          <Text value={call.sent} />
        </pre>
      </details>
    </div>
  );
}

function Came({ call: { came, atMs }, tool }: { readonly call: MadeCall; readonly tool: string }) {
  switch (came.is) {
    case "awaited":
      return (
        <p class="awaited">
          Waiting for <Elapsed since={new Date(atMs).toISOString()} />
        </p>
      );
    case "problem":
      return (
        <Notice tone="danger" title={came.problem.kind === "refused" ? "It was not called" : "No answer came"} isUrgent>
          <p>
            <Text value={sayProblem(came.problem)} />
          </p>
          {came.problem.kind !== "refused" && <p>It may have been called all the same: look at the audit log.</p>}
        </Notice>
      );
    case "answer":
      return <Answered answer={came.answer} fault={came.fault} tool={tool} />;
  }
}

interface AnsweredProps {
  readonly answer: RawAnswer;
  readonly fault: RpcFault | undefined;
  readonly tool: string;
}

function Answered({ answer: { message, took_ms, session_id }, fault, tool }: AnsweredProps) {
  const text = pretty(message);
  const bytes = new TextEncoder().encode(message).length;
  return (
    <>
      <p class="answered">
        {fault ? (
          <Badge tone="danger" icon="cross">
            <Text value={fault.reason ?? "error"} />
          </Badge>
        ) : (
          <Badge tone="good" icon="check">
            answered
          </Badge>
        )}
        <span class="tabular">{saySpan(took_ms)}</span>
        <span class="tabular">{sayBytes(bytes)}</span>
        <AuditLink where={{ session: [session_id], tool: [tool] }} last="1h">
          In the audit log
        </AuditLink>
        <CopyButton text={message} label="Copy the answer" />
      </p>
      {fault && (
        <Notice tone="danger" title={fault.code === undefined ? "Error" : `Error ${fault.code}`}>
          <p>
            <Text value={fault.message} />
          </p>
        </Notice>
      )}
      <pre class="json" tabIndex={0} aria-label="The answer">
        <Text value={text} />
      </pre>
    </>
  );
}
