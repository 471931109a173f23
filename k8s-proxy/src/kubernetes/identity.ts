// Who the proxy is to an API server, and where that is: what every way of getting credentials comes down to.

export interface Credentials {
  readonly server: URL;
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly servername?: string };
  /** The bearer token, read again when what is known is older than `maxAgeMs`. Rejects when its file cannot be read. */
  readonly token: (maxAgeMs: number) => Promise<string | undefined>;
  /** What the server wants to know besides: Loki's tenant. */
  readonly headers?: Readonly<Record<string, string>>;
}
