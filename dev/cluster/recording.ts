// What the stand-in serves: answers recorded from a real cluster, moved in time so that their moment is now.
import { readFile } from "node:fs/promises";
import * as z from "zod";

const WithMetadata = z.looseObject({
  metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
});
export type ApiObject = z.output<typeof WithMetadata>;

const List = z.object({
  metadata: z.object({ resourceVersion: z.string().regex(/^\d+$/) }),
  items: z.array(WithMetadata),
});
export type ApiList = z.output<typeof List>;

const Exchange = z.object({ headers: z.object({ date: z.string().optional() }), body: z.unknown() });

const TIMESTAMP = /"(2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z"/g;

export interface Recording {
  readonly version: object;
  readonly namespaces: ApiList;
  readonly pods: ReadonlyMap<string, ApiList>;
}

export async function loadRecording(now: number): Promise<Recording> {
  const [version, namespaces, shop, payments, platform] = await Promise.all([
    load("version", now),
    load("namespaces", now),
    load("pods-shop", now),
    load("pods-payments", now),
    load("pods-platform", now),
  ]);
  const pods = Object.entries({ shop, payments, platform }).map(([name, body]) => [name, List.parse(body)] as const);
  return { version: z.looseObject({}).parse(version), namespaces: List.parse(namespaces), pods: new Map(pods) };
}

/** An exchange without a date has nothing in it that ages. */
async function load(name: string, now: number): Promise<unknown> {
  const text = await readFile(new URL(`recorded/${name}.json`, import.meta.url), "utf8");
  const recordedAt = Exchange.parse(JSON.parse(text)).headers.date;
  const moved = recordedAt === undefined ? text : shift(text, now - Date.parse(recordedAt));
  return Exchange.parse(JSON.parse(moved)).body;
}

/** Years before 2000 are left alone: the zero time of a container that never started stays what it is. */
function shift(text: string, byMs: number): string {
  return text.replace(TIMESTAMP, (_, moment: string) => {
    const moved = new Date(Date.parse(`${moment}Z`) + byMs).toISOString();
    return `"${moved.replace(/\.\d{3}Z$/, "Z")}"`;
  });
}
