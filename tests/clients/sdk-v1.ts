// The first generation of the SDK as a peer of the tests, over any transport.

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import {
  ElicitRequestSchema,
  ResourceUpdatedNotificationSchema,
  ToolListChangedNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { listenIn, Recording } from "./recording.ts";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { Peer } from "./behaviour.ts";

export async function connectV1(transport: Transport): Promise<Peer> {
  const recording = new Recording();
  listenIn(transport, recording);
  const client = new Client(
    { name: "test-v1", version: "1.0.0" },
    { capabilities: { elicitation: { form: {} }, sampling: {}, roots: {} } },
  );
  client.setRequestHandler(ElicitRequestSchema, () => ({ action: "accept", content: { name: "Ada" } }));
  let revision: string | undefined;
  transport.setProtocolVersion = withSpy(transport, (version) => (revision = version));
  await client.connect(transport);

  return {
    recording,
    revision: () => revision,
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: (name, args, { onProgress, signal } = {}) =>
      client.callTool({ name, arguments: args }, undefined, {
        ...(onProgress && { onprogress: ({ progress }) => onProgress(progress) }),
        ...(signal && { signal }),
      }),
    read: async (uri) => (await client.readResource({ uri })).contents[0],
    prompt: async (name, args) => (await client.getPrompt({ name, arguments: args })).messages,
    async complete(value) {
      const ref = { type: "ref/prompt", name: "incident_triage" } as const;
      return (await client.complete({ ref, argument: { name: "namespace", value } })).completion.values;
    },
    onToolsChanged(heard) {
      client.setNotificationHandler(ToolListChangedNotificationSchema, heard);
      return Promise.resolve();
    },
    async onResourceChanged(uri, heard) {
      client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
        if (params.uri === uri) heard();
      });
      await client.subscribeResource({ uri });
    },
    close: () => client.close(),
  };
}

/** The client tells its transport which revision it has agreed on, and nobody else. */
function withSpy(transport: Transport, onVersion: (version: string) => void): (version: string) => void {
  const original = transport.setProtocolVersion?.bind(transport);
  return (version) => {
    onVersion(version);
    original?.(version);
  };
}
