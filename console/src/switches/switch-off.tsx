// The form that switches something off. Nothing slows it down: who needs it is in a hurry.

import { useState } from "preact/hooks";
import { Field } from "../parts/field.tsx";
import { Notice } from "../parts/notice.tsx";
import { ReasonField } from "../parts/reason-field.tsx";
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
  const { wish, change, isTried, submit, isBusy, fault } = useWish();
  return (
    <form class="stack switch-off" onSubmit={(event) => void submit(event)} noValidate>
      <Scopes scope={wish.scope} onChange={(scope) => change({ ...wish, scope })} />
      {wish.scope !== "all" && (
        <Field
          label="Name"
          hint={SCOPES[wish.scope].hint}
          value={wish.name}
          onInput={(name) => change({ ...wish, name })}
          fault={isTried && isNameless(wish) ? "Say which one." : undefined}
          isRequired
        />
      )}
      <ReasonField
        label="Reason"
        hint="Everyone whose run is refused reads this."
        value={wish.reason}
        onInput={(reason) => change({ ...wish, reason })}
        isTried={isTried}
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
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (isNameless(wish) || reason === "") return;
    if (!(await flip({ scope: wish.scope, name, on: false, reason }))) return;
    setTried(false);
    change(NO_WISH);
  };
  return { wish, change, isTried, submit, isBusy, fault };
}

function isNameless({ scope, name }: Wish): boolean {
  return scope !== "all" && name.trim() === "";
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
