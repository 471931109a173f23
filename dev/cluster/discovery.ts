// What the API server says of itself: its version, and which groups and resources it has.
import * as z from "zod";
import { readExchange } from "./recording.ts";
import { groupOf } from "./target.ts";

const Verbed = z.looseObject({
  resource: z.string(),
  scope: z.string(),
  responseKind: z.looseObject({ kind: z.string() }),
  singularResource: z.string(),
  verbs: z.array(z.string()),
  shortNames: z.array(z.string()).optional(),
  categories: z.array(z.string()).optional(),
});

const Aggregated = z.looseObject({
  items: z.array(
    z.looseObject({
      metadata: z.looseObject({ name: z.string() }),
      versions: z.array(z.looseObject({ version: z.string(), resources: z.array(Verbed).default([]) })),
    }),
  ),
});

const CoreResources = z.looseObject({
  resources: z.array(z.looseObject({ name: z.string(), namespaced: z.boolean() })),
});

export interface Discovery {
  /** Undefined when the path is none of discovery's. */
  answer(pathname: string, accept: string | undefined): object | undefined;
  hasGroup(apiVersion: string): boolean;
  hasResource(apiVersion: string, plural: string): boolean;
}

export async function loadDiscovery(): Promise<Discovery> {
  const read = async (name: string) => z.looseObject({}).parse((await readExchange(`meta/${name}`)).body);
  const [version, api, apis, aggregated, core] = await Promise.all(
    ["version", "api", "apis", "apis-aggregated-discovery", "api-v1-resources"].map(read),
  );
  const groups = groupVersions(Aggregated.parse(aggregated));
  const pages = new Map<string, unknown>([
    ["/version", version],
    ["/api", api],
    ["/apis", apis],
    ["/api/v1", core],
    ...Array.from(groups, ([name, resources]) => [`/apis/${name}`, resourceList(name, resources)] as const),
  ]);
  const coreNames = new Set(CoreResources.parse(core).resources.map(({ name }) => name));
  return {
    answer(pathname, accept = "") {
      const page =
        pathname === "/apis" && accept.includes("as=APIGroupDiscoveryList") ? aggregated : pages.get(pathname);
      return page === undefined ? undefined : z.looseObject({}).parse(page);
    },
    hasGroup: (apiVersion) => groupOf(apiVersion) === "" || groups.has(apiVersion),
    hasResource(apiVersion, plural) {
      if (apiVersion === "v1") return coreNames.has(plural);
      return groups.get(apiVersion)?.some(({ resource }) => resource === plural) ?? false;
    },
  };
}

type Verbed = z.output<typeof Verbed>;

function groupVersions({ items }: z.output<typeof Aggregated>): ReadonlyMap<string, readonly Verbed[]> {
  return new Map(
    items.flatMap(({ metadata, versions }) =>
      versions.map(({ version, resources }) => [`${metadata.name}/${version}`, resources] as const),
    ),
  );
}

/** The plain form, which was recorded for two groups only. */
function resourceList(groupVersion: string, resources: readonly Verbed[]): object {
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion,
    resources: resources.map(({ resource, scope, responseKind, singularResource, verbs, shortNames, categories }) => ({
      name: resource,
      singularName: singularResource,
      namespaced: scope === "Namespaced",
      kind: responseKind.kind,
      verbs,
      ...(shortNames && { shortNames }),
      ...(categories && { categories }),
    })),
  };
}
