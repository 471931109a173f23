// A resource is a view of a tool: reading it is a call of that tool, with everything that is checked and recorded there.

import type { Completion } from "./completion.ts";

export type Variables = Readonly<Record<string, string>>;

export type ResourceContent = { readonly text: string } | { readonly blob: string };

/** With the deployment's tools, with a decision on what its reader has asked for, or with what happens in a namespace. */
export type Changes =
  | { readonly with: "tools" | "approvals" }
  | { readonly with: "namespace"; readonly of: (variables: Variables) => Place };

export interface Place {
  readonly cluster: string;
  readonly namespace: string;
}

export interface Resource {
  /** A URI, or a template in which `{name}` stands for one path segment (RFC 6570, level 1). */
  readonly uri: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly mimeType: string;
  /** Canonical name of the tool that is called when the resource is read: who may not call it does not see it. */
  readonly tool: string;
  readonly args: (variables: Variables) => object;
  /** From the tool's result; the result as JSON when left out. */
  readonly content?: (result: unknown, variables: Variables) => ResourceContent;
  /** By variable of the template. */
  readonly complete?: Readonly<Record<string, Completion>>;
  /** When it changes; one without this cannot be subscribed to. */
  readonly changes?: Changes;
}

export function isTemplate({ uri }: Resource): boolean {
  return uri.includes("{");
}

/** The resource at `uri` and what its template's variables stand for; undefined where there is none. */
export function findResource(
  uri: string,
  resources: readonly Resource[],
): { readonly resource: Resource; readonly variables: Variables } | undefined {
  for (const resource of resources) {
    const variables = match(resource.uri, uri);
    if (variables) return { resource, variables };
  }
  return undefined;
}

function match(template: string, uri: string): Variables | undefined {
  const wanted = template.split("/");
  const given = uri.split("/");
  if (wanted.length !== given.length) return undefined;

  const variables: [string, string][] = [];
  for (const [index, segment] of wanted.entries()) {
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    const value = decode(given[index] ?? "");
    if (name === undefined && segment !== given[index]) return undefined;
    if (name !== undefined && (value === undefined || value === "")) return undefined;
    if (name !== undefined && value !== undefined) variables.push([name, value]);
  }
  return Object.fromEntries(variables);
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined; // a stray percent sign names nothing
  }
}
