// Why a run ended as it did. Where nobody can say, that is said loudest.

import { Icon } from "../parts/icon.tsx";
import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import type { Run } from "../api/contract.ts";

export function RunEnding({ run }: { readonly run: Run }) {
  switch (run.state) {
    case "ambiguous":
      return <Ambiguous run={run} />;
    case "failed":
      return (
        <Notice tone="danger" title="The run failed">
          <Message run={run} />
        </Notice>
      );
    case "stopped":
      return (
        <Notice tone="warning" title="A kill switch stopped the run">
          <Message run={run} />
        </Notice>
      );
    case "pending":
    case "running":
    case "succeeded":
    case "cancelled":
      return <Message run={run} />;
  }
}

function Message({ run: { message } }: { readonly run: Run }) {
  if (message === undefined) return null;
  return (
    <p>
      <Text value={message} />
    </p>
  );
}

function Ambiguous({ run }: { readonly run: Run }) {
  const unclear = run.steps.filter(({ state }) => state === "ambiguous");
  return (
    <div class="alarm" role="alert">
      <p class="alarm-title">
        <Icon name="question" /> Nobody can say whether this change took effect
      </p>
      {unclear.map(({ id, does }) => (
        <p key={id}>
          <strong>
            <Text value={does} />
          </strong>
        </p>
      ))}
      <Message run={run} />
      <p>
        The answer of the cluster was lost. Nothing is repeated and nothing is undone by itself: look at the object in
        the cluster before anybody does anything else, and do not ask for the same run again until you know.
      </p>
    </div>
  );
}
