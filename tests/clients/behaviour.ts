// What every MCP client can do here, whichever it is and whichever revision it speaks.

import * as z from "zod";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changeTools, newPerson, outcomesOf } from "./people.ts";
import type { Person } from "./people.ts";
import type { Recording } from "./recording.ts";

export interface Watch {
  readonly onProgress?: (progress: number) => void;
  readonly signal?: AbortSignal;
}

/** A connected client, as far as the tests need it. */
export interface Peer {
  readonly recording: Recording;
  readonly revision: () => string | undefined;
  readonly tools: () => Promise<readonly string[]>;
  readonly call: (name: string, args: Record<string, unknown>, watch?: Watch) => Promise<unknown>;
  /** The first content of the resource. */
  readonly read: (uri: string) => Promise<unknown>;
  readonly prompt: (name: string, args: Record<string, string>) => Promise<unknown>;
  /** Suggestions for the `namespace` of the prompt `incident_triage`. */
  readonly complete: (value: string) => Promise<readonly string[]>;
  /** Calls back whenever the server says that its tools have changed; resolves when it listens. */
  readonly onToolsChanged: (heard: () => void) => Promise<void>;
  /** Calls back whenever the server says that this resource has changed; resolves when it is subscribed to. */
  readonly onResourceChanged: (uri: string, heard: () => void) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface Kind {
  readonly name: string;
  readonly revision: string;
  readonly connect: (person: Person) => Promise<Peer>;
}

const Called = z.looseObject({
  isError: z.boolean().optional(),
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
  structuredContent: z.unknown().optional(),
});
const HEALTH = "gatehouse://clusters/demo/namespaces/shop/health";

export function describeClient({ name, revision, connect }: Kind): void {
  describe(name, () => {
    let person: Person;
    let peer: Peer;

    beforeAll(async () => {
      person = await newPerson(name, "observer");
      peer = await connect(person);
    });
    afterAll(() => peer.close());

    it(`speaks ${revision}`, () => {
      expect(peer.revision()).toBe(revision);
    });

    it("lists the tools under names that every host accepts", async () => {
      const tools = await peer.tools();

      expect(tools).toContain("k8s_list_pods");
      expect(tools.filter((tool) => !/^[a-zA-Z0-9_-]{1,64}$/.test(tool))).toEqual([]);
    });

    it("calls a tool and gets its result twice: as data and as text", async () => {
      const { isError, content, structuredContent } = Called.parse(
        await peer.call("k8s_list_pods", { namespace: "shop" }),
      );

      expect(isError ?? false).toBe(false);
      expect(structuredContent).toMatchObject({ meta: { namespace: "shop" } });
      expect(JSON.parse(content[0]?.text ?? "")).toEqual(structuredContent);
    });

    it("is told what was wrong with its arguments, in the result", async () => {
      const { isError, content } = Called.parse(await peer.call("k8s_list_pods", {}));

      expect(isError).toBe(true);
      expect(content[0]?.text).toContain("namespace");
    });

    it("hears of progress in order", async () => {
      const steps: number[] = [];

      await peer.call("test_tool_with_progress", {}, { onProgress: (progress) => steps.push(progress) });

      expect(steps).toEqual([0, 50, 100]);
    });

    it("stops a call on the server by cancelling it here", async () => {
      const cancelled = new AbortController();

      const call = peer.call(
        "slow_compute",
        { seconds: 20 },
        { signal: cancelled.signal, onProgress: () => cancelled.abort() },
      );

      await expect(call).rejects.toThrow();
      await expect.poll(() => outcomesOf(person, "slow.compute"), { timeout: 10_000 }).toEqual(["cancelled"]);
    });

    it("answers a question of a tool", async () => {
      const { content } = Called.parse(await peer.call("test_input_required_result_elicitation", {}));

      expect(content[0]?.text).toBe("Hello, Ada!");
    });

    it("reads a resource", async () => {
      expect(JSON.stringify(await peer.read(HEALTH))).toContain("CrashLoopBackOff");
    });

    it("gets a prompt with its blanks filled in", async () => {
      expect(JSON.stringify(await peer.prompt("incident_triage", { namespace: "shop" }))).toContain("namespace shop");
    });

    it("is helped to complete an argument from what is in the cluster", async () => {
      expect(await peer.complete("sh")).toContain("shop");
    });

    it("hears that the tools have changed, and finds them changed", async () => {
      let heard = 0;
      await peer.onToolsChanged(() => heard++);

      for (const isThere of [false, true]) {
        const before = heard;
        await changeTools(isThere);
        await expect.poll(() => heard, { timeout: 10_000 }).toBeGreaterThan(before);
        expect((await peer.tools()).includes("test_comes_and_goes")).toBe(isThere);
      }
    });

    it("hears that a resource has changed", async () => {
      let heard = 0;
      await peer.onResourceChanged("test://watched-resource", () => heard++);

      for (const isThere of [false, true]) {
        const before = heard;
        await changeTools(isThere);
        await expect.poll(() => heard, { timeout: 10_000 }).toBeGreaterThan(before);
      }
    });

    it("was sent nothing but what the official schema allows", () => {
      expect(peer.recording.faults).toEqual([]);
      expect(peer.recording.heard).toBeGreaterThan(10);
    });
  });
}
