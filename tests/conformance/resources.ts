// The resources the suite reads, and the tool behind them.

import * as z from "zod";
import { fixture, say } from "./fixture.ts";
import { PNG } from "./samples.ts";
import type { Resource } from "../../src/tool/resource.ts";

export const behindResources = fixture({
  name: "test_resource",
  description: "What the fixture resources are views of.",
  input: () => z.strictObject({ id: z.string().optional() }),
  run: ({ id }) => say(id === undefined ? "A resource." : `Data for ID: ${id}`),
});

const common = { description: "A fixture of the conformance suite.", tool: behindResources.name, args: () => ({}) };

export const resources: readonly Resource[] = [
  {
    ...common,
    uri: "test://static-text",
    name: "static-text",
    title: "Static text",
    mimeType: "text/plain",
    content: () => ({ text: "This is the content of the static text resource." }),
  },
  {
    ...common,
    uri: "test://static-binary",
    name: "static-binary",
    title: "Static picture",
    mimeType: "image/png",
    content: () => ({ blob: PNG }),
  },
  {
    ...common,
    uri: "test://watched-resource",
    name: "watched-resource",
    title: "Watched resource",
    mimeType: "text/plain",
    content: () => ({ text: "This resource can be watched." }),
    changes: { with: "tools" },
  },
  {
    ...common,
    uri: "test://template/{id}/data",
    name: "template-data",
    title: "Data by id",
    mimeType: "application/json",
    args: ({ id }) => ({ id }),
    content: (_result, { id = "" }) => ({
      text: JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
    }),
    complete: { id: { values: ["123", "124", "456"] } },
  },
];
