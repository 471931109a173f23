// All tools, by family.

import { useConsole } from "../console-context.ts";
import { Badge } from "../parts/badge.tsx";
import { EffectBadge } from "../parts/effect-badge.tsx";
import { Icon } from "../parts/icon.tsx";
import { countOf } from "../parts/number.ts";
import { Empty } from "../parts/state.tsx";
import { TableHead } from "../parts/table-head.tsx";
import { Text } from "../parts/text.tsx";
import { Link } from "../router/link.tsx";
import { useWatched } from "../state/use-watched.ts";
import { CatalogueBar } from "./catalogue-bar.tsx";
import { familiesOf } from "./families.ts";
import { sayRequires } from "./words.ts";
import type { ToolCatalogue, ToolEntry } from "./api.ts";
import type { Family } from "./families.ts";

export function Catalogue({ catalogue: { tools, policy_version } }: { readonly catalogue: ToolCatalogue }) {
  const { desk } = useConsole();
  const filter = useWatched(desk.toolFilter);
  const families = familiesOf(tools, filter);
  const found = families.reduce((sum, family) => sum + family.tools.length, 0);
  const off = tools.filter(({ enabled }) => !enabled).length;
  return (
    <>
      <header class="desk-head">
        <h1>Tools</h1>
        <p class="sums">
          <span>{countOf(tools.length, "tool")}</span>
          <span>{tools.filter(({ mine }) => mine.may_call).length} you may call</span>
          {off > 0 && <span>{off} switched off</span>}
          <span class="quiet">
            policy <Text value={policy_version} />
          </span>
        </p>
      </header>
      <CatalogueBar filter={filter} found={found} onChange={desk.toolFilter.put} />
      {found === 0 ? (
        <Empty title="No tool is like that">
          <p>Search for a part of its name, of what it does, or of the permission that it needs.</p>
        </Empty>
      ) : (
        <Families families={families} />
      )}
    </>
  );
}

const HEADS = [["Tool"], ["Effect"], ["Needs"], ["Limit"], ["Cost", "number"], ["You"]] as const;

function Families({ families }: { readonly families: readonly Family[] }) {
  return (
    <table class="listing listing-cards listing-tools" role="table" aria-label="Tools">
      <TableHead heads={HEADS} />
      {families.map((family) => (
        <tbody key={family.name} role="rowgroup">
          <tr role="row" class="listing-family">
            <th scope="rowgroup" role="rowheader" colSpan={HEADS.length}>
              <Text value={family.title} /> <span class="quiet">{family.tools.length}</span>
            </th>
          </tr>
          {family.tools.map((tool) => (
            <ToolRow key={tool.name} tool={tool} />
          ))}
        </tbody>
      ))}
    </table>
  );
}

function ToolRow({ tool }: { readonly tool: ToolEntry }) {
  const { name, description, effect, requires, rate, cost, enabled, mine } = tool;
  return (
    <tr role="row" class={`listing-row${enabled ? "" : " listing-ended"}`}>
      <td role="cell" class="cell-main">
        <Link to={{ page: "tools", tool: name }} class="listing-link">
          <code>
            <Text value={name} />
          </code>
        </Link>
        {!enabled && <Badge icon="power">switched off</Badge>}
        <span class="cell-more cell-cut" title={description}>
          <Text value={description} />
        </span>
      </td>
      <td role="cell" data-label="Effect">
        <EffectBadge effect={effect} />
      </td>
      <td role="cell" data-label="Needs">
        <Requires requires={requires} />
      </td>
      <td role="cell" data-label="Limit" class="tabular">
        <Text value={rate} />
      </td>
      <td role="cell" data-label="Cost" class="number">
        {cost}
      </td>
      <td role="cell" data-label="You">
        <MayCall mine={mine} />
      </td>
    </tr>
  );
}

export function Requires({ requires }: { readonly requires: string }) {
  const words = sayRequires(requires);
  if (words !== undefined) return <span class="quiet">{words}</span>;
  return (
    <code>
      <Text value={requires} />
    </code>
  );
}

function MayCall({ mine: { may_call, why } }: Pick<ToolEntry, "mine">) {
  return (
    <span class={`verdict ${may_call ? "verdict-yes" : "verdict-no"}`} title={why}>
      <Icon name={may_call ? "check" : "cross"} />
      {may_call ? "may call" : "may not"}
    </span>
  );
}
