// The list of keys.

import { Badge } from "../parts/badge.tsx";
import { Principal } from "../parts/principal.tsx";
import { TableHead } from "../parts/table-head.tsx";
import { Text } from "../parts/text.tsx";
import { Ago, useNowMs } from "../parts/when.tsx";
import { sayTimeInFull } from "../parts/moment.ts";
import { isSoon, sayIn } from "./words.ts";
import type { Head } from "../parts/table-head.tsx";
import type { KeyEntry } from "./api.ts";
import type { Change } from "./changing.tsx";

export interface KeyTableProps {
  readonly keys: readonly KeyEntry[];
  readonly onChange: (change: Change) => void;
}

const HEADS: readonly Head[] = [
  ["Holder"],
  ["Key"],
  ["Roles"],
  ["Owner"],
  ["Ends"],
  ["Last used"],
  [<span class="unseen-words">Change</span>],
];

export function KeyTable({ keys, onChange }: KeyTableProps) {
  return (
    <table class="listing listing-cards listing-keys" role="table" aria-label="Keys">
      <TableHead heads={HEADS} />
      <tbody role="rowgroup">
        {keys.map((key) => (
          <KeyRow key={key.id} entry={key} onChange={onChange} />
        ))}
      </tbody>
    </table>
  );
}

function KeyRow({ entry, onChange }: { readonly entry: KeyEntry; readonly onChange: KeyTableProps["onChange"] }) {
  const { id, roles, owner, note, last_used_at, state } = entry;
  return (
    <tr role="row" class={`listing-row${state === "active" ? "" : " listing-ended"}`}>
      <Holder entry={entry} />
      <td role="cell" data-label="Key">
        <code>
          <Text value={id} />
        </code>
        {note !== undefined && (
          <span class="cell-more" title={note}>
            <Text value={note} />
          </span>
        )}
      </td>
      <td role="cell" data-label="Roles" class="cell-wide">
        <Text value={roles.join(", ")} />
      </td>
      <td role="cell" data-label="Owner">
        {owner === undefined ? <span class="quiet">nobody</span> : <Owner id={owner} />}
      </td>
      <td role="cell" data-label="Ends">
        <Ends entry={entry} />
      </td>
      <td role="cell" data-label="Last used">
        {last_used_at === undefined ? <span class="quiet">never</span> : <Ago at={last_used_at} />}
      </td>
      <td role="cell" class="cell-actions">
        {state === "active" && <Actions entry={entry} onChange={onChange} />}
      </td>
    </tr>
  );
}

/** Cut off where it is long: whole for whoever points at it. */
function Owner({ id }: { readonly id: string }) {
  return (
    <span title={id}>
      <Text value={id} />
    </span>
  );
}

function Holder({ entry: { principal, kind, on_behalf_of } }: { readonly entry: KeyEntry }) {
  return (
    <td role="cell" class="cell-main">
      <strong>
        <Principal id={principal} kind={kind} />
      </strong>
      {on_behalf_of !== undefined && (
        <span class="cell-more">
          for <Text value={on_behalf_of} />
        </span>
      )}
    </td>
  );
}

function Ends({ entry: { state, expires_at, revoked_at } }: { readonly entry: KeyEntry }) {
  const leftMs = Date.parse(expires_at) - useNowMs();
  if (state === "revoked") {
    return (
      <>
        <Badge tone="danger">revoked</Badge> {revoked_at !== undefined && <Ago at={revoked_at} />}
      </>
    );
  }
  if (state === "expired" || leftMs <= 0) {
    return (
      <>
        <Badge>expired</Badge> <Ago at={expires_at} />
      </>
    );
  }
  return (
    <time dateTime={expires_at} title={sayTimeInFull(expires_at)} class={isSoon(leftMs) ? "soon" : ""}>
      {sayIn(leftMs)}
    </time>
  );
}

function Actions({ entry, onChange }: { readonly entry: KeyEntry; readonly onChange: KeyTableProps["onChange"] }) {
  const { id, mine } = entry;
  const why = `why-not-${id}`;
  const isBarred = !mine.may_change;
  const act = (does: "rotate" | "revoke", word: string, tone: string) => (
    <button
      type="button"
      class={`button button-small ${tone}`}
      disabled={isBarred}
      aria-label={`${word} ${id}…`}
      aria-describedby={isBarred ? why : undefined}
      onClick={() => onChange({ does, entry })}
    >
      {word}…
    </button>
  );
  return (
    <>
      {act("rotate", "Rotate", "")} {act("revoke", "Revoke", "button-danger")}
      {isBarred && (
        <span class="cell-more" id={why}>
          <Text value={mine.why_not ?? "It is not yours to change."} />
        </span>
      )}
    </>
  );
}
