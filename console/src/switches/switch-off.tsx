// The form that switches something off. Nothing slows it down: who needs it is in a hurry.

import { useState } from "preact/hooks";
import { MAX_REASON } from "../approvals/faults.ts";
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
  const { wish, change, lacks, submit, isBusy, fault } = useWish();
  return (
    <form class="stack switch-off" onSubmit={(event) => void submit(event)} noValidate>
      <Scopes scope={wish.scope} onChange={(scope) => change({ ...wish, scope })} />
      {wish.scope !== "all" && (
        <Field
          label="Name"
          hint={SCOPES[wish.scope].hint}
          value={wish.name}
          onInput={(name) => change({ ...wish, name })}
          fault={lacks.name ? "Say which one." : undefined}
          isRequired
        />
      )}
      <Field
        label="Reason"
        hint="Everyone whose run is refused reads this."
        value={wish.reason}
        onInput={(reason) => change({ ...wish, reason })}
        fault={lacks.reason ? "Say why: a reason is needed here." : undefined}
        rows={2}
        maxLength={MAX_REASON}
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

interface Wish {
  readonly scope: SwitchScope;
  readonly name: string;
  readonly reason: string;
}

const NO_WISH: Wish = { scope: "runbook", name: "", reason: "" };

function useWish() {
  const { flip, isBusy, fault } = useFlip();
  const [wish, change] = useState(NO_WISH);
  const [isTried, setTried] = useState(false);
  const name = wish.scope === "all" ? "" : wish.name.trim();
  const reason = wish.reason.trim();
  const lacks = { name: wish.scope !== "all" && name === "", reason: reason === "" };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (lacks.name || lacks.reason) return;
    if (!(await flip({ scope: wish.scope, name, on: false, reason }))) return;
    setTried(false);
    change(NO_WISH);
  };
  return { wish, change, submit, isBusy, fault, lacks: isTried ? lacks : { name: false, reason: false } };
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
