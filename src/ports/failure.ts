// How a dependency outside the Worker can fail, in words every port shares.

/** Something beyond the Worker did not do its part. `message` is written by us: never an upstream's own text. */
export interface UpstreamFailure {
  readonly kind: "upstream_unavailable" | "upstream_timeout";
  /** Which dependency, for the reader of the error and of the log: `redis`, `postgres`, `k8s-proxy/<cluster>`. */
  readonly upstream: string;
  readonly message: string;
}
