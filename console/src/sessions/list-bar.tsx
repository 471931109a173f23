// What is above the list of sessions: whose, in which order, and clearing away what has ended.

import { useId, useState } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { Field } from "../parts/field.tsx";
import { SelectField } from "../parts/select-field.tsx";
import { ORDER_NAMES, ORDERS } from "./rows.ts";
import type { Listed, Roster } from "./roster.ts";

export interface ListBarProps {
  readonly principal: string;
  readonly roster: Roster;
  readonly listed: Listed | undefined;
}

export function ListBar({ principal, roster, listed }: ListBarProps) {
  const order = listed?.order ?? "newest";
  const ended = listed?.rows.filter(({ mark }) => mark === "ended").length ?? 0;
  return (
    <div class="bar">
      <Whose principal={principal} listed={listed} />
      <SelectField
        label="Order"
        value={order}
        options={ORDER_NAMES.map((name) => [name, ORDERS[name]] as const)}
        onInput={(value) => roster.tidy(ORDER_NAMES.find((name) => name === value) ?? "newest")}
      />
      {ended > 0 && (
        <button type="button" class="button bar-end" onClick={() => roster.tidy(order)}>
          Clear away {ended} ended
        </button>
      )}
    </div>
  );
}

function Whose({ principal, listed }: Pick<ListBarProps, "principal" | "listed">) {
  const { navigator } = useConsole();
  const [typed, setTyped] = useState(principal);
  const list = useId();
  const known = [...new Set(listed?.rows.map(({ session }) => session.principal.id))].toSorted();
  const show = (whose: string) =>
    navigator.go({ page: "live", ...(whose.trim() === "" ? {} : { principal: whose.trim() }) });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    show(typed);
  };
  return (
    <form class="bar-form" onSubmit={submit} role="search" aria-label="Sessions">
      <Field label="Principal" value={typed} onInput={setTyped} list={list} placeholder="everybody" maxLength={128} />
      <datalist id={list}>
        {known.map((id) => (
          <option key={id} value={id} />
        ))}
      </datalist>
      <button type="submit" class="button">
        Show
      </button>
      {principal !== "" && (
        <button type="button" class="button" onClick={() => show("")}>
          All
        </button>
      )}
    </form>
  );
}
