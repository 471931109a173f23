// The list of sessions as a table; a card each on a phone.

import { Badge } from "../parts/badge.tsx";
import { Principal } from "../parts/principal.tsx";
import { TableHead } from "../parts/table-head.tsx";
import { Text } from "../parts/text.tsx";
import { Ago } from "../parts/when.tsx";
import { Link } from "../router/link.tsx";
import { Elapsed } from "./elapsed.tsx";
import { VIA } from "./words.ts";
import type { LiveSession } from "./api.ts";
import type { Row } from "./rows.ts";

export interface SessionTableProps {
  readonly rows: readonly Row[];
  readonly principal: string;
}

const HEADS = [
  ["Principal"],
  ["Client"],
  ["Via"],
  ["Connected"],
  ["Calls/min", "number"],
  ["Under way"],
  ["Key"],
] as const;

export function SessionTable({ rows, principal }: SessionTableProps) {
  return (
    <table class="listing listing-cards listing-sessions" role="table" aria-label="Open sessions">
      <TableHead heads={HEADS} />
      <tbody role="rowgroup">
        {rows.map((row) => (
          <SessionRow key={row.session.id} row={row} principal={principal} />
        ))}
      </tbody>
    </table>
  );
}

function SessionRow({ row: { session, mark }, principal }: { readonly row: Row; readonly principal: string }) {
  const { via, protocol, opened_at, calls_per_minute, key_id } = session;
  const to = { page: "live", session: session.id, ...(principal === "" ? {} : { principal }) } as const;
  return (
    <tr role="row" class={`listing-row${mark === "ended" ? " listing-ended" : ""}`}>
      <td role="cell" class="cell-main">
        <Link to={to} class="listing-link">
          <Principal id={session.principal.id} kind={session.principal.kind} />
        </Link>
        {mark && <Badge tone={mark === "new" ? "info" : "plain"}>{mark}</Badge>}
        <OnBehalfOf session={session} />
      </td>
      <td role="cell" data-label="Client">
        <ClientName session={session} />
      </td>
      <td role="cell" data-label="Via">
        {VIA[via].title}
        {protocol !== undefined && (
          <span class="cell-more">
            <Text value={protocol} />
          </span>
        )}
      </td>
      <td role="cell" data-label="Connected">
        <Ago at={opened_at} />
      </td>
      <td role="cell" data-label="Calls/min" class="number">
        {session.reached ? calls_per_minute : "–"}
      </td>
      <td role="cell" data-label="Under way">
        <UnderWay session={session} />
      </td>
      <td role="cell" data-label="Key">
        <KeyId id={key_id} />
      </td>
    </tr>
  );
}

function KeyId({ id }: { readonly id: string | undefined }) {
  if (id === undefined) return <span class="quiet">none</span>;
  return (
    <code class="cut">
      <Text value={id} />
    </code>
  );
}

function OnBehalfOf({ session: { principal } }: { readonly session: LiveSession }) {
  if (principal.on_behalf_of === undefined) return null;
  return (
    <span class="cell-more">
      for <Text value={principal.on_behalf_of} />
    </span>
  );
}

export function ClientName({ session: { client } }: { readonly session: LiveSession }) {
  if (!client) return <span class="quiet">did not say</span>;
  return (
    <span class="client">
      <Text value={client.name} />
      <span class="cell-more">
        <Text value={client.version} />
      </span>
    </span>
  );
}

/** The one that has been going on for longest, and how many others there are. */
function UnderWay({ session: { in_flight, reached } }: { readonly session: LiveSession }) {
  if (!reached) return <span class="quiet">asleep or not reached just now</span>;
  const longest = in_flight.toSorted((a, b) => Date.parse(a.since) - Date.parse(b.since))[0];
  if (!longest) return <span class="quiet">–</span>;
  return (
    <>
      <code>
        <Text value={longest.tool} />
      </code>
      <span class="cell-more">
        <Elapsed since={longest.since} />
        {in_flight.length > 1 && `, and ${in_flight.length - 1} more`}
      </span>
    </>
  );
}
