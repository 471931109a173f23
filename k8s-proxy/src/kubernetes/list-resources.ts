// Answers a list of any kind that may be read, as the table that the API server makes of it.
import { fail } from "../failure.ts";
import { ok } from "../result.ts";
import { ApiTable, safeCell } from "./api-table.ts";
import { parseAs } from "./lists.ts";
import { placesToLook, readPlaces } from "./reachable.ts";
import { selectorQuery } from "./selectors.ts";

import type { ROUTES } from "../contract/index.ts";
import type { Failure } from "../failure.ts";
import type { Handles, Reading } from "../reading.ts";
import type { Result } from "../result.ts";
import type { Cell } from "./api-table.ts";
import type { Places } from "./reachable.ts";
import type { ApiResource } from "./resource-catalogue.ts";
import type { SelectorQuery } from "./selectors.ts";

const MAX_NAMESPACES = 20;

type ListResources = Handles<typeof ROUTES.listResources>;
type Asked = Parameters<ListResources>[0];

export const listResources: ListResources = async (asked, reading) => {
  const resource = await reading.resourceCatalogue.find(asked.resource, reading);
  if (!resource.ok) return resource;
  const selectors = selectorQuery({
    label: asked.label_selector,
    field: asked.field_selector,
    resource: resource.value.plural,
  });
  if (!selectors.ok) return selectors;
  const places = await placesOf(resource.value, asked.namespace, reading);
  if (!places.ok) return places;

  const question = { resource: resource.value, asked, selectors: selectors.value };
  const read = await readPlaces(places.value, (place) => readTable(question, place, reading), reading);
  return read.ok ? ok(toAnswer(read.value, { asked, resource: resource.value })) : read;
};

/** What belongs to no namespace is for those alone to whom no namespace is closed. */
export async function placesOf(
  { plural, isNamespaced }: ApiResource,
  namespace: string | undefined,
  reading: Reading,
): Promise<Result<Places, Failure>> {
  if (isNamespaced) return placesToLook(namespace, MAX_NAMESPACES, reading);
  if (namespace !== undefined) {
    return fail("invalid_request", `namespace: ${plural} belong to no namespace; leave it out`);
  }
  if (reading.reach.isEverything) return ok([undefined]);
  return fail(
    "namespace_not_allowed",
    `${plural} belong to the whole cluster, and you may read some of its namespaces only; ask for what lives in one`,
  );
}

interface Question {
  readonly resource: ApiResource;
  readonly asked: Asked;
  readonly selectors: SelectorQuery;
}

interface PlaceTable {
  readonly place: string | undefined;
  readonly table: ApiTable;
}

async function readTable(
  { resource, asked, selectors }: Question,
  place: string | undefined,
  { api, signal }: Reading,
): Promise<Result<PlaceTable, Failure>> {
  const query = { limit: asked.limit, continue: asked.continue, ...selectors };
  // Only the metadata says which namespace a row is of, and of it nothing else is read.
  const more = resource.isNamespaced && place === undefined ? { includeObject: "Metadata" } : {};
  const answer = await api.table({ path: resource.pathIn(place), query: { ...query, ...more } }, signal);
  if (!answer.ok) return answer;
  const table = parseAs(ApiTable, answer.value, `a table of ${resource.plural}`);
  return table.ok ? ok({ place, table: table.value }) : table;
}

interface Shown {
  readonly asked: Asked;
  readonly resource: ApiResource;
}

function toAnswer(tables: readonly PlaceTable[], { asked, resource }: Shown) {
  const showsNamespace = resource.isNamespaced && asked.namespace === undefined;
  const definitions = tables[0]?.table.columnDefinitions ?? [];
  const columns = definitions.flatMap(({ name, priority }, index) =>
    asked.wide || priority === 0 ? [{ name, index }] : [],
  );
  const rows = tables.flatMap(({ place, table }) =>
    table.rows.map(({ cells, object }): Cell[] => {
      const shown = columns.map(({ name, index }) => safeCell(cells[index] ?? "", name));
      return showsNamespace ? [place ?? object?.metadata.namespace ?? "", ...shown] : shown;
    }),
  );
  return {
    columns: [...(showsNamespace ? ["Namespace"] : []), ...columns.map(({ name }) => name)],
    rows: rows.slice(0, asked.limit),
    ...whatIsLeft(tables, rows.length - asked.limit),
  };
}

/** A list goes on only where it is one: those of several namespaces are cut, and what is left is counted as far as known. */
function whatIsLeft(tables: readonly PlaceTable[], cut: number): { continue?: string; remaining?: number } {
  const [first, ...others] = tables.map(({ table }) => table.metadata);
  if (first && others.length === 0) {
    const { continue: next, remainingItemCount: remaining } = first;
    return { ...(next && { continue: next }), ...(remaining !== undefined && { remaining }) };
  }
  const beyond = [first, ...others].reduce((sum, one) => sum + (one?.remainingItemCount ?? 0), 0);
  const remaining = Math.max(0, cut) + beyond;
  return remaining > 0 ? { remaining } : {};
}
