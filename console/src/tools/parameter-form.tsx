// The form of a tool's parameters.

import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import { ParameterEntry } from "./parameter-entry.tsx";
import type { CallerState } from "./use-caller.ts";

export function ParameterForm({ caller }: { readonly caller: CallerState }) {
  const { tool, fields, draft, change, faults, sendForm } = caller;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    sendForm();
  };
  const elsewhere = Object.entries(faults).filter(([name]) => !fields.some((field) => field.name === name));
  return (
    <form class="stack parameters" onSubmit={submit} noValidate aria-label={`Parameters of ${tool.name}`}>
      {draft.raw !== undefined && (
        <Notice tone="info">
          <p>You have edited the raw request. From here, what the form says is sent.</p>
        </Notice>
      )}
      {fields.length === 0 && <p class="quiet">It takes no parameters.</p>}
      {fields.map((field) => (
        <ParameterEntry
          key={field.name}
          field={field}
          value={draft.values[field.name] ?? ""}
          fault={Object.hasOwn(faults, field.name) ? faults[field.name] : undefined}
          onInput={(value) => change({ ...draft, values: { ...draft.values, [field.name]: value } })}
        />
      ))}
      {elsewhere.length > 0 && (
        <Notice tone="danger" title="The server found more">
          <ul>
            {elsewhere.map(([name, words]) => (
              <li key={name}>
                <Text value={name === "" ? words : `${name}: ${words}`} />
              </li>
            ))}
          </ul>
        </Notice>
      )}
      <Send caller={caller} />
    </form>
  );
}

export function Send({ caller: { tool, isBusy } }: { readonly caller: CallerState }) {
  const isChange = tool.effect !== "read";
  const words = isChange ? "Run as yourself…" : "Run as yourself";
  const mayNot = !tool.enabled || !tool.mine.may_call;
  return (
    <div class="send">
      <button
        type="submit"
        class={`button ${isChange ? "button-danger-full" : "button-primary"}`}
        disabled={isBusy || mayNot}
        aria-describedby={mayNot ? "mine" : undefined}
      >
        {isBusy ? "Waiting for the answer…" : words}
      </button>
      <span class="quiet">
        {mayNot ? "See above why you may not." : "Recorded in the audit log with your name, like any call."}
      </span>
    </div>
  );
}
