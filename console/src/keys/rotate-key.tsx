// The form that replaces a key: the new one is shown once, and the old one goes on for a while.

import { useState } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { Field } from "../parts/field.tsx";
import { Modal } from "../parts/modal.tsx";
import { Refused } from "../parts/reason-modal.tsx";
import { SelectField } from "../parts/select-field.tsx";
import { Text } from "../parts/text.tsx";
import { MakeButtons } from "./make-buttons.tsx";
import { useMaking } from "./use-making.ts";
import { Warned } from "./warned.tsx";
import { faultOfDays, OVERLAPS, sayOverlap } from "./words.ts";
import type { KeyEntry } from "./api.ts";

export interface KeyModalProps {
  readonly entry: KeyEntry;
  readonly onClose: () => void;
}

export function RotateKeyModal({ entry, onClose }: KeyModalProps) {
  const { desk } = useConsole();
  const [overlap, setOverlap] = useState("1440");
  const [days, setDays] = useState("90");
  const { make, isBusy, problem } = useMaking(onClose);
  const fault = faultOfDays(days);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const asked = { overlap_minutes: Number(overlap), expires_in_days: Number(days) };
    if (fault === undefined) void make(() => desk.keysApi.rotate(entry.id, asked));
  };
  const close = () => {
    if (!isBusy) onClose();
  };
  return (
    <Modal title="Rotate a key" onClose={close}>
      <form class="stack" onSubmit={submit} noValidate>
        <Happening entry={entry} overlap={overlap} />
        <Warned entry={entry} />
        <SelectField label="The old key" value={overlap} options={OVERLAPS} onInput={setOverlap} />
        <Field
          label="The new key ends after, in days"
          value={days}
          onInput={setDays}
          fault={fault}
          inputMode="numeric"
          maxLength={3}
          isRequired
        />
        {problem && <Refused title="It was not rotated" problem={problem} />}
        <MakeButtons words={["Make the new key", "Rotating…"]} isBusy={isBusy} onCancel={close} />
      </form>
    </Modal>
  );
}

function Happening({ entry, overlap }: { readonly entry: KeyEntry; readonly overlap: string }) {
  return (
    <div class="modal-words">
      <p>
        A new key is made for{" "}
        <strong>
          <Text value={entry.principal} />
        </strong>{" "}
        with the same roles. The old one,{" "}
        <code>
          <Text value={entry.id} />
        </code>
        , {sayOverlap(overlap)}
        {overlap === "0" ? ", and every session that uses it ends." : ": until then its holder must have changed over."}
      </p>
    </div>
  );
}
