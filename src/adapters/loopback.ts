// Hosts that only a local stand-in can answer on.

export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "127.0.0.1";
}
