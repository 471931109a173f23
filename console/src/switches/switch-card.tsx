// One thing that is off, and the way to switch it on again for whoever may.

import { useState } from "preact/hooks";
import { Icon } from "../parts/icon.tsx";
import { Notice } from "../parts/notice.tsx";
import { ReasonField } from "../parts/reason-field.tsx";
import { Text } from "../parts/text.tsx";
import { When } from "../parts/when.tsx";
import { useFlip } from "./use-flip.ts";
import { SCOPES } from "./words.ts";
import type { KillSwitch } from "../api/contract.ts";

export function SwitchCard({ off }: { readonly off: KillSwitch }) {
  const [isAsked, setAsked] = useState(false);
  return (
    <article class="switch">
      <p class="switch-what">
        <Icon name="power" />
        <span class="quiet">{SCOPES[off.scope].title}</span>
        {off.scope !== "all" && (
          <code>
            <Text value={off.name} />
          </code>
        )}
      </p>
      <blockquote>
        <Text value={off.reason} />
      </blockquote>
      <p class="quiet">
        Switched off by{" "}
        <span class="principal-id">
          <Text value={off.by} />
        </span>{" "}
        at <When at={off.at} />
      </p>
      {isAsked ? (
        <SwitchOn off={off} onCancel={() => setAsked(false)} />
      ) : (
        <Ask off={off} onAsk={() => setAsked(true)} />
      )}
    </article>
  );
}

function Ask({ off: { scope, name, mine }, onAsk }: { readonly off: KillSwitch; readonly onAsk: () => void }) {
  const why = `why-off-${scope}-${name}`;
  return (
    <div class="switch-on">
      <button
        type="button"
        class="button"
        disabled={!mine.may_switch_on}
        aria-describedby={mine.may_switch_on ? undefined : why}
        onClick={onAsk}
      >
        Switch on again…
      </button>
      {!mine.may_switch_on && (
        <span class="quiet" id={why}>
          <Text value={mine.why_not ?? "Another person must switch it on."} />
        </span>
      )}
    </div>
  );
}

function SwitchOn({ off, onCancel }: { readonly off: KillSwitch; readonly onCancel: () => void }) {
  const { flip, isBusy, fault } = useFlip();
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (reason.trim() !== "") void flip({ scope: off.scope, name: off.name, on: true, reason: reason.trim() });
  };
  return (
    <form class="stack" onSubmit={submit} noValidate aria-label="Switch on again">
      <ReasonField label="Why is it safe again?" value={reason} onInput={setReason} isTried={isTried} />
      {fault !== undefined && (
        <Notice tone="danger" title="It is still off" isUrgent>
          <p>{fault}</p>
        </Notice>
      )}
      <div class="decision-buttons">
        <button type="submit" class="button button-primary" disabled={isBusy}>
          {isBusy ? "Switching on…" : "Switch on"}
        </button>
        <button type="button" class="button" onClick={onCancel} disabled={isBusy}>
          Cancel
        </button>
      </div>
    </form>
  );
}
