// The Kubernetes API's own schemas, made strict: a field that the API does not know is a fault here, not a warning.
import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { Ajv } from "ajv";
import * as z from "zod";

import type { ValidateFunction } from "ajv";

const FOLDER = new URL("../../../fixtures/kubernetes/openapi/", import.meta.url);
const KIND = "x-kubernetes-group-version-kind";

const Schema = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  [KIND]: z.array(z.object({ group: z.string(), version: z.string(), kind: z.string() })).optional(),
});
const Document = z.object({ components: z.object({ schemas: z.record(z.string(), Schema) }) });

export const Manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
export type Manifest = z.output<typeof Manifest>;

/** What is wrong with a manifest, a sentence a fault; a kind without a schema is a fault too. */
export function schemaFaults(): (manifest: Manifest) => string[] {
  const schemas = Object.assign({}, ...readdirSync(FOLDER).map(schemasIn));
  const known = z.record(z.string(), Schema).parse(schemas);
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: "kubernetes", components: { schemas: known } });
  const compiled = new Map<string, ValidateFunction>();

  return (manifest) => {
    const name = Object.keys(known).find((each) => isOf(known[each], manifest));
    if (name === undefined) return [`${manifest.apiVersion} ${manifest.kind} is not known`];
    const validate = compiled.get(name) ?? ajv.compile({ $ref: `kubernetes#/components/schemas/${name}` });
    compiled.set(name, validate);
    validate(manifest);
    return (validate.errors ?? []).map(({ instancePath, message = "", params }) =>
      [manifest.kind, manifest.metadata.name, instancePath, message, JSON.stringify(params)].join(" "),
    );
  };
}

function schemasIn(file: string): Record<string, unknown> {
  const { components } = Document.parse(JSON.parse(gunzipSync(readFileSync(new URL(file, FOLDER))).toString("utf8")));
  return Object.fromEntries(Object.entries(components.schemas).map(([name, schema]) => [name, strict(schema)]));
}

/** The documents leave additional properties open; the API server itself drops or refuses what it does not know. */
function strict(schema: z.output<typeof Schema>): object {
  return schema.properties === undefined || "additionalProperties" in schema
    ? schema
    : { ...schema, additionalProperties: false };
}

function isOf(schema: z.output<typeof Schema> | undefined, { apiVersion, kind }: Manifest): boolean {
  const [version = "", group = ""] = apiVersion.split("/").toReversed();
  return (schema?.[KIND] ?? []).some((each) => each.group === group && each.version === version && each.kind === kind);
}
