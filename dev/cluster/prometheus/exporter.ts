// What Prometheus scrapes: one page a job, in the text format.
import { createServer } from "node:http";
import { exposed, FAMILIES } from "./families.ts";

import type { Sample } from "./families.ts";
import type { Source } from "./source.ts";

export interface Exporter {
  /** `127.0.0.1:40123` */
  readonly address: string;
  close(): Promise<void>;
}

export async function startExporter(source: Source): Promise<Exporter> {
  const server = createServer((request, response) => {
    const job = request.url?.slice(1);
    const samples = source.at(Date.now()).filter(({ family }) => FAMILIES[family].job === job);
    response.writeHead(samples.length === 0 ? 404 : 200, { "content-type": "text/plain; version=0.0.4" });
    response.end(page(samples));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the exporter has no port");
  return {
    address: `127.0.0.1:${address.port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function page(samples: readonly Sample[]): string {
  const families = Map.groupBy(samples, ({ family }) => family);
  return Array.from(families, ([name, inside]) => {
    const { type, help } = FAMILIES[name];
    const lines = inside.map((sample) => exposed(sample));
    return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n");
  }).join("");
}
