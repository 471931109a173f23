// The PromQL guard: what may be asked of Prometheus. Pure, so that the Worker refuses early and the proxy refuses for certain.
export { checkPromql, MAX_QUERY_LENGTH } from "./check.ts";
export { namespaceMatcher } from "./namespaces.ts";
export { writeSelector } from "./selector.ts";
export { quote } from "./strings.ts";
export type { Checked, Limits } from "./check.ts";
export type { Namespaces } from "./namespaces.ts";
export type { Matcher, Selector } from "./selector.ts";
