// What was asked, word for word. It is fetched only when somebody says so, because that is itself recorded.

import { useState } from "preact/hooks";
import { sayProblem } from "../api/problem.ts";
import { useConsole } from "../console-context.ts";
import { CopyButton } from "../parts/copy-button.tsx";
import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import { auditApi } from "./api.ts";
import type { Problem } from "../api/problem.ts";
import type { AuditPayload, EventPlace } from "./api.ts";

type State =
  | { readonly is: "closed" | "opening" }
  | { readonly is: "failed"; readonly problem: Problem }
  | { readonly is: "open"; readonly payload: AuditPayload };

export interface KeptPayload {
  readonly state: State;
  readonly open: () => Promise<void>;
}

/** Kept by whoever shows the row: who goes to its story and back must not open it a second time. */
export function usePayload(place: EventPlace): KeptPayload {
  const { client, announcement } = useConsole();
  const [state, setState] = useState<State>({ is: "closed" });
  const open = async () => {
    setState({ is: "opening" });
    const answer = await auditApi(client).payload(place);
    if (answer.ok) announcement.put("The payload is shown.");
    setState(answer.ok ? { is: "open", payload: answer.value } : { is: "failed", problem: answer.error });
  };
  return { state, open };
}

export function Payload({ payload: { state, open } }: { readonly payload: KeptPayload }) {
  if (state.is === "open") return <Opened payload={state.payload} />;
  return (
    <div class="stack payload-closed">
      <Notice tone="info" title="Opening it is recorded">
        <p>
          The payload is what was asked, redacted. That you looked at it is written into the audit log with your name,
          before you see it.
        </p>
      </Notice>
      {state.is === "failed" && (
        <Notice tone="danger" title="The payload was not opened" isUrgent>
          <p>
            <Text value={sayProblem(state.problem)} />
          </p>
        </Notice>
      )}
      <button type="button" class="button button-primary" disabled={state.is === "opening"} onClick={() => void open()}>
        {state.is === "opening" ? "Opening…" : "Open the payload"}
      </button>
    </div>
  );
}

function Opened({ payload: { params, params_digest: digest, record } }: { readonly payload: AuditPayload }) {
  const asked = params === undefined ? "" : JSON.stringify(params, null, 2);
  return (
    <div class="stack">
      <section class="block" aria-labelledby="payload-params">
        <h3 id="payload-params">What was asked</h3>
        {asked === "" ? <p class="quiet">Nothing was kept of it.</p> : <Code text={asked} label="The parameters" />}
        {digest !== undefined && (
          <p class="quiet">
            SHA-256 of all of it:{" "}
            <code class="hash">
              <Text value={digest} />
            </code>
          </p>
        )}
      </section>
      <section class="block" aria-labelledby="payload-record">
        <div class="payload-head">
          <h3 id="payload-record">The text that is hashed</h3>
          <CopyButton text={record} label="Copy it" />
        </div>
        <Code text={record} label="The record" />
      </section>
    </div>
  );
}

/** Long ones are scrolled, with a keyboard too. */
function Code({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <pre class="payload" tabIndex={0} role="region" aria-label={label}>
      <Text value={text} />
    </pre>
  );
}
