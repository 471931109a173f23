// The cron triggers of a Worker on this machine, where no clock of Cloudflare's rings for it.

/** What arrives is verified and handed on this often here: nobody waits a quarter of an hour to see it. */
const EVERY_MS = 60_000;
const KEEPING = "*/15 * * * *";

/** Rings once, and resolves when what it does is done. */
export async function ring(consoleUrl: string): Promise<void> {
  const url = new URL("/cdn-cgi/local/scheduled", consoleUrl);
  url.searchParams.set("cron", KEEPING);
  const response = await fetch(url);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`the cron trigger failed with ${response.status}`);
}

/** Until the program ends. A round that fails has said so in the Worker's log, and the next one does the same work. */
export function ringRegularly(consoleUrl: string): void {
  setInterval(() => void ring(consoleUrl).catch(() => undefined), EVERY_MS).unref();
}
