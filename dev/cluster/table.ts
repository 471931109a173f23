// Lists in columns, as the server renders them: the recorded columns where every object has a row in them, else its name and age.
import * as z from "zod";
import { humanAge } from "./human-age.ts";

import type { ApiObject } from "./api-object.ts";
import type { Resource } from "./catalogue.ts";

export const RecordedTable = z.object({
  columnDefinitions: z.array(z.looseObject({ name: z.string() })),
  rows: z.array(z.object({ cells: z.array(z.unknown()) })),
});
export type RecordedTable = z.output<typeof RecordedTable>;

export interface TableRequest {
  readonly resource: Resource;
  readonly items: readonly ApiObject[];
  readonly metadata: object;
  /** `None`, `Object`, or anything else for the metadata alone. */
  readonly includeObject: string | null;
  readonly now: number;
}

/** The columns of a kind, and the recorded cells of an object, found by its key. */
export interface Columns {
  readonly definitions: RecordedTable["columnDefinitions"];
  readonly cellsOf: (object: ApiObject) => readonly unknown[] | undefined;
}

const PLAIN = [
  { name: "Name", type: "string", format: "name", description: "The name of the object.", priority: 0 },
  { name: "Age", type: "date", format: "", description: "When the object was created.", priority: 0 },
];

export function toTable(request: TableRequest, recorded: Columns | undefined): object {
  const { items, now, metadata } = request;
  const columns = recorded && items.every((object) => recorded.cellsOf(object) !== undefined) ? recorded : undefined;
  const columnDefinitions = columns?.definitions ?? PLAIN;
  const ageAt = columnDefinitions.findIndex(({ name }) => name === "Age");
  const rows = items.map((object) => {
    const { name, creationTimestamp } = object.metadata;
    const age = creationTimestamp === undefined ? "<unknown>" : humanAge(now - Date.parse(creationTimestamp));
    const cells = columns?.cellsOf(object) ?? [name];
    // The recorded ages would stand still while the stand-in goes on.
    return { cells: cells.toSpliced(ageAt, 1, age), object: rowObject(request, object) };
  });
  return { kind: "Table", apiVersion: "meta.k8s.io/v1", metadata, columnDefinitions, rows };
}

function rowObject({ resource, includeObject }: TableRequest, object: ApiObject): object | null {
  switch (includeObject) {
    case "None":
      return null;
    case "Object":
      return { kind: resource.kind, apiVersion: resource.apiVersion, ...object };
    default:
      return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata };
  }
}
