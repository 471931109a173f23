// Moments as the API writes them: to the second.

export function rfc3339(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d{3}Z$/, "Z");
}
