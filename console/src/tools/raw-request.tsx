// The request as an agent would send it, to be read, copied and edited.

import { CopyButton } from "../parts/copy-button.tsx";
import { Field } from "../parts/field.tsx";
import type { CallerState } from "./use-caller.ts";

/** What the server takes. */
const MAX_CHARS = 64 * 1_024;

export function RawRequest({ caller }: { readonly caller: CallerState }) {
  const { draft, change, request, isBusy, sendRaw } = caller;
  const text = draft.raw ?? request;
  const isTooLong = text.length > MAX_CHARS;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!isTooLong) sendRaw();
  };
  return (
    <form class="stack" onSubmit={submit} noValidate aria-label="Raw request">
      <Field
        label="JSON-RPC request"
        hint={
          draft.raw === undefined
            ? "What the form says. Edit it to send something else."
            : "Edited by hand: it is sent exactly as it stands here."
        }
        value={text}
        onInput={(raw) => change({ ...draft, raw })}
        fault={isTooLong ? `Must have at most ${MAX_CHARS.toLocaleString("en")} characters.` : undefined}
        rows={10}
        isCode
      />
      <div class="send">
        <button type="submit" class="button button-primary" disabled={isBusy}>
          {isBusy ? "Waiting for the answer…" : "Send as yourself"}
        </button>
        <CopyButton text={text} label="Copy" />
        {draft.raw !== undefined && (
          <button type="button" class="button button-small" onClick={() => change({ ...draft, raw: undefined })}>
            Back to what the form says
          </button>
        )}
      </div>
    </form>
  );
}
