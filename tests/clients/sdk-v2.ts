// The second generation of the SDK as a peer of the tests, over any transport and in each of its ways to find a revision.

import { Client } from "@modelcontextprotocol/client";
import { listenIn, Recording } from "./recording.ts";
import type { Transport, VersionNegotiationMode } from "@modelcontextprotocol/client";
import type { Peer } from "./behaviour.ts";

export async function connectV2(transport: Transport, mode: VersionNegotiationMode): Promise<Peer> {
  const recording = new Recording();
  listenIn(transport, recording);
  const client = new Client(
    { name: "test-v2", version: "1.0.0" },
    { capabilities: { elicitation: { form: {} }, sampling: {}, roots: {} }, versionNegotiation: { mode } },
  );
  client.setRequestHandler("elicitation/create", () => ({ action: "accept", content: { name: "Ada" } }));
  await client.connect(transport);

  return {
    recording,
    revision: () => client.getNegotiatedProtocolVersion(),
    // Always from the server: what a client remembers proves nothing of it.
    tools: async () => (await client.listTools(undefined, { cacheMode: "bypass" })).tools.map(({ name }) => name),
    call: (name, args, { onProgress, signal } = {}) =>
      client.callTool(
        { name, arguments: args },
        {
          ...(onProgress && { onprogress: ({ progress }) => onProgress(progress) }),
          ...(signal && { signal }),
        },
      ),
    read: async (uri) => (await client.readResource({ uri })).contents[0],
    prompt: async (name, args) => (await client.getPrompt({ name, arguments: args })).messages,
    async complete(value) {
      const ref = { type: "ref/prompt", name: "incident_triage" } as const;
      return (await client.complete({ ref, argument: { name: "namespace", value } })).completion.values;
    },
    async onToolsChanged(heard) {
      client.setNotificationHandler("notifications/tools/list_changed", heard);
      if (client.getProtocolEra() === "modern") await client.listen({ toolsListChanged: true });
    },
    async onResourceChanged(uri, heard) {
      client.setNotificationHandler("notifications/resources/updated", ({ params }) => {
        if (params.uri === uri) heard();
      });
      if (client.getProtocolEra() === "modern") await client.listen({ resourceSubscriptions: [uri] });
      else await client.subscribeResource({ uri });
    },
    close: () => client.close(),
  };
}
