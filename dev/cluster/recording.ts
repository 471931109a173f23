// Answers recorded from a real cluster, moved in time so that the moment of their recording is now.
import { readFile } from "node:fs/promises";
import * as z from "zod";

const FIXTURES = new URL("../../fixtures/kubernetes/", import.meta.url);

const Exchange = z.object({
  request: z.object({ path: z.string() }),
  status: z.int(),
  headers: z.object({ date: z.string().optional(), "content-type": z.string().optional() }),
  body: z.unknown(),
});
export type Exchange = z.output<typeof Exchange>;

const TIMESTAMP = /"(2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?Z"/g;

/** `name` is a path below `fixtures/kubernetes`, without `.json`. */
export async function readExchange(name: string): Promise<Exchange> {
  return Exchange.parse(JSON.parse(await readFile(new URL(`${name}.json`, FIXTURES), "utf8")));
}

/** The body as it would be if it had been recorded at `now`. An exchange without a date has nothing in it that ages. */
export async function readMoved(name: string, now: number): Promise<unknown> {
  const { headers, body } = await readExchange(name);
  return headers.date === undefined ? body : moved(body, now - Date.parse(headers.date));
}

/** Years before 2000 are left alone: the zero time of a container that never started stays what it is. */
export function moved(body: unknown, byMs: number): unknown {
  const text = JSON.stringify(body).replace(TIMESTAMP, (_, moment: string, fraction = "") => {
    const to = new Date(Date.parse(`${moment}Z`) + byMs).toISOString();
    return `"${to.replace(/\.\d{3}Z$/, `${fraction}Z`)}"`;
  });
  return JSON.parse(text);
}
