// About whom the policy is asked: oneself, a key, or whoever has these roles.

import { useEffect } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { Field } from "../parts/field.tsx";
import { useWatched } from "../state/use-watched.ts";
import type { Question } from "./who.ts";

export interface WhoProps {
  readonly question: Question;
  readonly onChange: (question: Question) => void;
  readonly fault: string | undefined;
}

const BY = [
  ["me", "Me"],
  ["key", "A key"],
  ["roles", "Whoever has roles"],
] as const;

export function Who({ question, onChange, fault }: WhoProps) {
  return (
    <>
      <fieldset class="choice">
        <legend>Who</legend>
        {BY.map(([by, title]) => (
          <label key={by}>
            <input
              type="radio"
              name="who"
              checked={question.by === by}
              onChange={() => onChange({ ...question, by })}
            />
            <span>{title}</span>
          </label>
        ))}
      </fieldset>
      {question.by === "key" && (
        <Field
          label="Key id"
          hint="As in the list of keys. Never the key itself."
          value={question.keyId}
          onInput={(keyId) => onChange({ ...question, keyId })}
          fault={fault}
          maxLength={64}
          isRequired
        />
      )}
      {question.by === "roles" && <Roles question={question} onChange={onChange} />}
    </>
  );
}

const KINDS = [
  ["agent", "an agent"],
  ["human", "a person"],
] as const;

function Roles({ question, onChange }: Omit<WhoProps, "fault">) {
  const { desk } = useConsole();
  const policy = useWatched(desk.policy);
  useEffect(() => void desk.policy.refresh(), [desk]);
  const names = policy.is === "ready" ? policy.value.roles.map(({ name }) => name) : [];
  const flip = (name: string) =>
    onChange({ ...question, roles: names.filter((one) => question.roles.includes(one) !== (one === name)) });
  return (
    <>
      <fieldset class="choice">
        <legend>It is</legend>
        {KINDS.map(([kind, title]) => (
          <label key={kind}>
            <input
              type="radio"
              name="kind"
              checked={question.kind === kind}
              onChange={() => onChange({ ...question, kind })}
            />
            <span>{title}</span>
          </label>
        ))}
      </fieldset>
      <fieldset class="field">
        <legend>Roles</legend>
        {policy.is === "failed" && <p class="field-fault">The roles could not be loaded.</p>}
        <div class="choices">
          {names.map((name) => (
            <label key={name} class="check">
              <input type="checkbox" checked={question.roles.includes(name)} onChange={() => flip(name)} />
              <span>{name}</span>
            </label>
          ))}
        </div>
      </fieldset>
    </>
  );
}
