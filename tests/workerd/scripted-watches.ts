// The watches of a cluster's proxy, which say what a test has them say.

import * as z from "zod";
import type { Watched } from "./outages.ts";

const Asked = z.object({ namespace: z.string() });

interface Open {
  readonly namespace: string;
  controller: ReadableStreamDefaultController<Uint8Array> | undefined;
}

export class ScriptedWatches {
  #asked: Open[] = [];

  /** Every watch that was asked for since `forget`. */
  get all(): readonly Watched[] {
    return this.#asked.map(({ namespace, controller }) => ({ namespace, isOpen: controller !== undefined }));
  }

  open(body: string): Response {
    const opened: Open = { ...Asked.parse(JSON.parse(body)), controller: undefined };
    this.#asked.push(opened);
    const lines = new ReadableStream<Uint8Array>({
      start: (controller) => {
        opened.controller = controller;
        write(controller, { type: "started", observed_at: "2026-11-25T09:00:00Z" });
      },
      cancel: () => {
        opened.controller = undefined;
      },
    });
    return new Response(lines, { headers: { "content-type": "application/x-ndjson" } });
  }

  say(namespace: string, line: unknown): void {
    for (const { controller } of this.#of(namespace)) if (controller) write(controller, line);
  }

  /** Ends without a last word. */
  cut(namespace: string): void {
    for (const opened of this.#of(namespace)) {
      opened.controller?.close();
      opened.controller = undefined;
    }
  }

  forget(): void {
    this.#asked = this.#asked.filter(({ controller }) => controller);
  }

  #of(namespace: string): Open[] {
    return this.#asked.filter((opened) => opened.namespace === namespace);
  }
}

function write(controller: ReadableStreamDefaultController<Uint8Array>, line: unknown): void {
  controller.enqueue(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
}
