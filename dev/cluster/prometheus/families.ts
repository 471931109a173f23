// The metrics that the stand-in exposes, with the words that describe them, by the job that they are scraped from.

export interface Family {
  readonly job: Job;
  readonly type: "gauge" | "counter" | "histogram";
  readonly help: string;
}

export type Job = "kube-state-metrics" | "kubelet-cadvisor" | "shop-web";

const state = (type: Family["type"], help: string): Family => ({ job: "kube-state-metrics", type, help });
const cadvisor = (type: Family["type"], help: string): Family => ({ job: "kubelet-cadvisor", type, help });
const web = (type: Family["type"], help: string): Family => ({ job: "shop-web", type, help });

export const FAMILIES = {
  kube_pod_status_phase: state("gauge", "The pods current phase."),
  kube_pod_status_ready: state("gauge", "Describes whether the pod is ready to serve requests."),
  kube_pod_container_status_restarts_total: state("counter", "The number of container restarts per container."),
  kube_pod_container_status_waiting_reason: state(
    "gauge",
    "Describes the reason the container is currently in waiting state.",
  ),
  kube_pod_container_status_last_terminated_reason: state(
    "gauge",
    "Describes the last reason the container was in terminated state.",
  ),
  kube_pod_container_resource_limits: state("gauge", "The number of requested limit resource by a container."),
  kube_deployment_spec_replicas: state("gauge", "Number of desired pods for a deployment."),
  kube_deployment_status_replicas_available: state("gauge", "The number of available replicas per deployment."),
  kube_resourcequota: state("gauge", "Information about resource quota."),
  container_memory_working_set_bytes: cadvisor("gauge", "Current working set in bytes."),
  container_spec_memory_limit_bytes: cadvisor("gauge", "Memory limit for the container."),
  container_cpu_usage_seconds_total: cadvisor("counter", "Cumulative cpu time consumed in seconds."),
  container_oom_events_total: cadvisor("counter", "Count of out of memory events observed for the container."),
  http_requests_total: web("counter", "Requests answered, by route and status code."),
  http_request_duration_seconds: web("histogram", "How long requests took."),
} as const satisfies Record<string, Family>;

export type FamilyName = keyof typeof FAMILIES;

export interface Sample {
  readonly family: FamilyName;
  /** What is put behind the family's name: `_bucket`, `_sum`, `_count` of a histogram. */
  readonly suffix?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One line of the exposition, without a moment. */
export function exposed(
  { family, suffix = "", labels, value }: Sample,
  more: Readonly<Record<string, string>> = {},
): string {
  const pairs = Object.entries({ ...labels, ...more }).map(([name, text]) => `${name}=${JSON.stringify(text)}`);
  return `${family}${suffix}{${pairs.join(",")}} ${value}`;
}
