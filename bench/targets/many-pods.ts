// An API server with one namespace of many pods, in a process of its own so that its work is not counted as the proxy's.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import * as z from "zod";

const Pod = z.looseObject({ metadata: z.looseObject({ name: z.string() }) });
const Recording = z.object({ body: z.object({ items: z.array(Pod) }) });

const PODS = Number(process.argv[2] ?? 5_000);
const file = new URL("../../fixtures/kubernetes/lists/pods-shop.json", import.meta.url);
const { items } = Recording.parse(JSON.parse(readFileSync(file, "utf8"))).body;

// As a real API server sends them, managed fields and all; written once, because its own speed is not what is measured.
const written = Array.from({ length: PODS }, (_, index) => {
  const { metadata, ...pod } = items[index % items.length] ?? { metadata: { name: "" } };
  return JSON.stringify({ metadata: { ...metadata, name: `${metadata.name}-${String(index)}` }, ...pod });
});

const pages = new Map<string, Buffer>();

function page(from: number, limit: number): Buffer {
  const end = from + limit;
  const metadata = end < PODS ? { continue: String(end), remainingItemCount: PODS - end } : {};
  return Buffer.from(`{"metadata":${JSON.stringify(metadata)},"items":[${written.slice(from, end).join(",")}]}`);
}

const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? "", "http://cluster");
  const [from, limit] = [Number(searchParams.get("continue") ?? 0), Number(searchParams.get("limit") ?? PODS)];
  const key = `${String(from)} ${String(limit)}`;
  const known = pages.get(key) ?? page(from, limit);
  pages.set(key, known);
  response.setHeader("content-type", "application/json");
  response.end(known);
});
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
