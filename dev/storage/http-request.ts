// As much of a Request as the stand-ins read, so that Miniflare's and Node's own both fit.

export interface HttpRequest {
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}
