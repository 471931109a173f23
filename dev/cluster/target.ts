// What a path of the API names: a resource, perhaps in a namespace, perhaps one object of it, perhaps a part of that.
import type { Resource } from "./catalogue.ts";

export interface Target {
  readonly apiVersion: string;
  readonly plural: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** Undefined when the path names no resource. */
export function targetOf(pathname: string): Target | undefined {
  const segments = pathname.split("/").slice(1).map(decoded);
  if (segments.some((segment) => segment === "")) return undefined;
  const [root, ...rest] = segments;
  const apiVersion = root === "api" ? rest.splice(0, 1) : rest.splice(0, 2);
  if (root !== "api" && root !== "apis") return undefined;

  const [first, namespace, plural, ...inside] = rest;
  if (first === "namespaces" && namespace !== undefined && plural !== undefined) {
    return { apiVersion: apiVersion.join("/"), plural, namespace, ...named(inside) };
  }
  if (first === undefined) return undefined;
  return { apiVersion: apiVersion.join("/"), plural: first, ...named(rest.slice(1)) };
}

export function isFor({ apiVersion, plural }: Resource, target: Target): boolean {
  return apiVersion === target.apiVersion && plural === target.plural;
}

/** `group` is empty for the core. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
}

function named([name, ...below]: readonly string[]): Pick<Target, "name" | "subresource"> {
  return { ...(name !== undefined && { name }), ...(below.length > 0 && { subresource: below.join("/") }) };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return ""; // not a segment of any path that there is
  }
}
