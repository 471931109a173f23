// What `WWW-Authenticate` says: RFC 6750 §3, with the way to an authorization server (RFC 9728 §5.1).

export interface ChallengeFacts {
  readonly PUBLIC_URL?: string | undefined;
  readonly IDENTITY_PROVIDERS: readonly unknown[];
}

const METADATA_PATH = "/.well-known/oauth-protected-resource/mcp";

/**
 * Without an error where nothing usable was sent, as the RFC wants it. `scopes` is all that the operation needs, not the
 * rest of it: clients that added one scope after the other asked their users again and again.
 */
export function challenge(
  error: "invalid_token" | "insufficient_scope" | undefined,
  scopes: readonly string[],
  { PUBLIC_URL, IDENTITY_PROVIDERS }: ChallengeFacts,
): string {
  const hasProvider = PUBLIC_URL !== undefined && IDENTITY_PROVIDERS.length > 0;
  const parameters = [
    'realm="gatehouse"',
    ...(error === undefined ? [] : [`error="${error}"`]),
    ...(hasProvider ? [`resource_metadata="${PUBLIC_URL}${METADATA_PATH}"`] : []),
    `scope="${scopes.join(" ")}"`,
  ];
  return `Bearer ${parameters.join(", ")}`;
}
