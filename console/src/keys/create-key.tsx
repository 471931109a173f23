// The form that makes a key.

import { useState } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { Field } from "../parts/field.tsx";
import { Modal } from "../parts/modal.tsx";
import { Refused } from "../parts/reason-modal.tsx";
import { MakeButtons } from "./make-buttons.tsx";
import { RoleChoice } from "./role-choice.tsx";
import { useMaking } from "./use-making.ts";
import { bodyOf, faultsOf, NO_WISH } from "./wish.ts";
import type { Keys } from "./api.ts";
import type { Wish, WishFaults } from "./wish.ts";

export interface CreateKeyModalProps {
  readonly roles: Keys["roles"];
  readonly onClose: () => void;
}

export function CreateKeyModal({ roles, onClose }: CreateKeyModalProps) {
  const { desk } = useConsole();
  const [wish, setWish] = useState<Wish>(NO_WISH);
  const [isTried, setTried] = useState(false);
  const { make, isBusy, problem } = useMaking(onClose);
  const faults = faultsOf(wish);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.keys(faults).length === 0) void make(() => desk.keysApi.create(bodyOf(wish)));
  };
  const close = () => {
    if (!isBusy) onClose();
  };
  return (
    <Modal title="New key" onClose={close} isWide>
      <form class="stack" onSubmit={submit} noValidate>
        <Fields wish={wish} roles={roles} faults={isTried ? faults : {}} onChange={setWish} />
        {problem && <Refused title="No key was made" problem={problem} />}
        <MakeButtons words={["Make the key", "Making it…"]} isBusy={isBusy} onCancel={close} />
      </form>
    </Modal>
  );
}

interface FieldsProps {
  readonly wish: Wish;
  readonly roles: Keys["roles"];
  readonly faults: WishFaults;
  readonly onChange: (wish: Wish) => void;
}

function Fields({ wish, roles, faults, onChange }: FieldsProps) {
  const text = (name: "principal" | "days" | "onBehalfOf" | "owner" | "note") => ({
    value: wish[name],
    onInput: (value: string) => onChange({ ...wish, [name]: value }),
  });
  return (
    <>
      <Field
        {...text("principal")}
        label="Holder"
        hint="The name that the audit log will know, such as agent/incident-triage."
        fault={faults.principal}
        maxLength={128}
        isRequired
      />
      <Kind wish={wish} onChange={onChange} />
      <RoleChoice
        roles={roles}
        chosen={wish.roles}
        fault={faults.roles}
        onChange={(chosen) => onChange({ ...wish, roles: chosen })}
      />
      <div class="pair">
        <Field
          {...text("days")}
          label="Ends after, in days"
          fault={faults.days}
          inputMode="numeric"
          maxLength={3}
          isRequired
        />
        <Field {...text("onBehalfOf")} label="On behalf of" placeholder="nobody" maxLength={128} />
      </div>
      <div class="pair">
        <Field {...text("owner")} label="Owner" placeholder="you" maxLength={128} />
        <Field {...text("note")} label="Note" placeholder="what it is for" maxLength={200} />
      </div>
    </>
  );
}

function Kind({ wish, onChange }: Pick<FieldsProps, "wish" | "onChange">) {
  return (
    <fieldset class="choice">
      <legend>It is</legend>
      {(
        [
          ["agent", "an agent"],
          ["human", "a person"],
        ] as const
      ).map(([kind, title]) => (
        <label key={kind}>
          <input type="radio" name="kind" checked={wish.kind === kind} onChange={() => onChange({ ...wish, kind })} />
          <span>{title}</span>
        </label>
      ))}
    </fieldset>
  );
}
