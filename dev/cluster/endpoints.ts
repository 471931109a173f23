// The Endpoints of a service, made of its EndpointSlices: the older form of the same facts, which was not recorded.
import * as z from "zod";
import { ApiObject } from "./api-object.ts";

export const SERVICE = "kubernetes.io/service-name";

const Slice = z.object({
  endpoints: z
    .array(
      z.looseObject({
        addresses: z.array(z.string()),
        conditions: z.looseObject({ ready: z.boolean().optional() }).default({}),
        targetRef: z.unknown().optional(),
      }),
    )
    .nullish(),
  ports: z.array(z.unknown()).nullish(),
});

export function endpointsOf(slices: readonly ApiObject[]): readonly ApiObject[] {
  return slices.flatMap((slice) => {
    const { namespace, labels, creationTimestamp } = slice.metadata;
    const name = labels?.[SERVICE];
    if (name === undefined) return [];
    const subset = subsetOf(Slice.parse(slice));
    return [
      ApiObject.parse({ metadata: { name, namespace, creationTimestamp }, ...(subset && { subsets: [subset] }) }),
    ];
  });
}

function subsetOf({ endpoints, ports }: z.output<typeof Slice>): object | undefined {
  const all = endpoints ?? [];
  if (all.length === 0) return undefined;
  const addressesOf = (isReady: boolean) =>
    all
      .filter(({ conditions }) => (conditions.ready ?? true) === isReady)
      .flatMap(({ addresses, targetRef }) => addresses.map((ip) => ({ ip, targetRef })));
  const [addresses, notReadyAddresses] = [addressesOf(true), addressesOf(false)];
  return {
    ...(addresses.length > 0 && { addresses }),
    ...(notReadyAddresses.length > 0 && { notReadyAddresses }),
    ports: ports ?? [],
  };
}
