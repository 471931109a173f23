// The form that switches something off. Nothing slows it down: who needs it is in a hurry.

import { useState } from "preact/hooks";
import { Field } from "../parts/field.tsx";
import { Notice } from "../parts/notice.tsx";
import { useFlip } from "./use-flip.ts";
import { SCOPE_NAMES, SCOPES } from "./words.ts";
import type { SwitchScope } from "../api/contract.ts";

export function SwitchOff({ may }: { readonly may: boolean }) {
  if (may) return <Form />;
  return (
    <Notice tone="info">
      <p>
        You do not have the permission <code>runbooks:kill</code>. Ask somebody who has it, such as the incident
        commander.
      </p>
    </Notice>
  );
}

function Form() {
  const { flip, isBusy, fault } = useFlip();
  const [scope, setScope] = useState<SwitchScope>("runbook");
  const [name, setName] = useState("");
  const [reason, setReason] = useState("");
  const [isTried, setTried] = useState(false);
  const lacks = { name: scope !== "all" && name.trim() === "", reason: reason.trim() === "" };

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (lacks.name || lacks.reason) return;
    const asked = { scope, name: scope === "all" ? "" : name.trim(), on: false, reason: reason.trim() };
    if (!(await flip(asked))) return;
    setTried(false);
    setName("");
    setReason("");
  };

  return (
    <form class="stack switch-off" onSubmit={(event) => void submit(event)} noValidate>
      <Scopes scope={scope} onChange={setScope} />
      {scope !== "all" && (
        <Field
          label="Name"
          hint={SCOPES[scope].hint}
          value={name}
          onInput={setName}
          fault={isTried && lacks.name ? "Say which one." : undefined}
          isRequired
        />
      )}
      <Field
        label="Reason"
        hint="Everyone whose run is refused reads this."
        value={reason}
        onInput={setReason}
        fault={isTried && lacks.reason ? "Say why: a reason is needed here." : undefined}
        rows={2}
        isRequired
      />
      {fault !== undefined && (
        <Notice tone="danger" title="It was not switched off" isUrgent>
          <p>{fault}</p>
        </Notice>
      )}
      <button type="submit" class="button button-danger-full" disabled={isBusy}>
        {isBusy ? "Switching off…" : "Switch off"}
      </button>
    </form>
  );
}

interface ScopesProps {
  readonly scope: SwitchScope;
  readonly onChange: (scope: SwitchScope) => void;
}

function Scopes({ scope, onChange }: ScopesProps) {
  return (
    <fieldset class="choice">
      <legend>What</legend>
      {SCOPE_NAMES.map((name) => (
        <label key={name}>
          <input type="radio" name="scope" checked={scope === name} onChange={() => onChange(name)} />
          <span>{SCOPES[name].title}</span>
        </label>
      ))}
    </fieldset>
  );
}
