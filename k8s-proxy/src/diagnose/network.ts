// Services that lead nowhere.
import * as calls from "./calls.ts";

import type { ApiService } from "../kubernetes/api-network.ts";
import type { Found } from "./finding.ts";
import type { State } from "./state.ts";

export function networkFindings(state: State): readonly Found[] {
  return state.services.flatMap((service) => leadsNowhere(service, state));
}

function leadsNowhere({ metadata, spec }: ApiService, state: State): readonly Found[] {
  const selector = Object.entries(spec.selector);
  // Without a selector somebody else looks after the endpoints; an external name has none.
  if (selector.length === 0 || spec.type === "ExternalName" || !state.endpointSlices) return [];
  const slices = state.endpointSlices.filter(
    ({ metadata: { labels } }) => labels["kubernetes.io/service-name"] === metadata.name,
  );
  const endpoints = slices.flatMap((slice) => slice.endpoints);
  const isReady = endpoints.some(({ conditions }) => conditions.ready !== false);
  if (isReady) return [];

  const wanted = selector.map(([key, value]) => `${key}=${value}`).join(",");
  const common = { object: `Service/${metadata.name}`, group: metadata.name };
  const pods = { tool: "k8s.list_pods", args: { namespace: state.namespace, label_selector: wanted } };
  const services = calls.list("services", state.namespace);
  const isSelected = state.pods.some(({ metadata: { labels } }) =>
    selector.every(([key, value]) => labels[key] === value),
  );
  if (endpoints.length === 0 && !isSelected) {
    const summary = `Service ${metadata.name} selects no pod: whoever calls it gets no answer.`;
    return [
      { ...common, code: "ServiceSelectsNothing", summary, evidence: [`selector ${wanted}`], calls: [pods, services] },
    ];
  }
  const summary = `Service ${metadata.name} selects pods of which none is ready: whoever calls it gets no answer.`;
  return [
    { ...common, code: "ServiceWithoutEndpoints", summary, evidence: [`selector ${wanted}`], calls: [pods, services] },
  ];
}
