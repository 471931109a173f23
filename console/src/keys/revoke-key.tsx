// Revokes a key, and says first what that breaks.

import { useEffect, useState } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { countOf } from "../parts/number.ts";
import { ReasonModal } from "../parts/reason-modal.tsx";
import { Text } from "../parts/text.tsx";
import { useMay } from "../state/use-may.ts";
import type { ComponentChildren } from "preact";
import type { LiveSession } from "../sessions/api.ts";
import type { KeyEntry } from "./api.ts";

export interface RevokeKeyModalProps {
  readonly entry: Pick<KeyEntry, "id" | "principal">;
  /** Whether it was done or not: what is shown of it may have changed. */
  readonly onAnswered: () => void;
  readonly onClose: () => void;
  /** What is to be thought of besides. */
  readonly children?: ComponentChildren;
}

export function RevokeKeyModal({ entry, onAnswered, onClose, children }: RevokeKeyModalProps) {
  const { desk } = useConsole();
  const send = async (reason: string) => {
    const answer = await desk.keysApi.revoke(entry.id, reason);
    onAnswered();
    return answer;
  };
  return (
    <ReasonModal
      title="Revoke a key"
      verb={["Revoke the key", "Revoking…"]}
      refused="The key is still valid"
      done={`Revoked: the key ${entry.id} of ${entry.principal}.`}
      onSend={send}
      onClose={onClose}
    >
      <p>
        The key{" "}
        <code>
          <Text value={entry.id} />
        </code>{" "}
        of{" "}
        <strong>
          <Text value={entry.principal} />
        </strong>{" "}
        stops working for good. It cannot be undone; its holder needs a new key.
      </p>
      <Broken entry={entry} />
      {children}
    </ReasonModal>
  );
}

const NAMED = 5;

function Broken({ entry }: Pick<RevokeKeyModalProps, "entry">) {
  const may = useMay("sessions:read");
  const sessions = useSessionsOf(entry, may);
  if (!may) return <p>Every session that uses it ends.</p>;
  if (sessions === "asking") return <p>Looking which sessions use it…</p>;
  if (sessions === "unknown") return <p>Every session that uses it ends; which they are is not known just now.</p>;
  if (sessions.length === 0) return <p>No open session uses it.</p>;
  return (
    <>
      <p>{countOf(sessions.length, "open session")} will end:</p>
      <ul>
        {sessions.slice(0, NAMED).map(({ id, client, in_flight, source_ip }) => (
          <li key={id}>
            <Text value={client ? `${client.name} ${client.version}` : "a client that did not say"} />
            {source_ip !== undefined && (
              <>
                {" "}
                from <Text value={source_ip} />
              </>
            )}
            {in_flight.length > 0 && `, ${countOf(in_flight.length, "call")} under way`}
          </li>
        ))}
        {sessions.length > NAMED && <li>and {sessions.length - NAMED} more</li>}
      </ul>
    </>
  );
}

type Found = readonly LiveSession[] | "asking" | "unknown";

function useSessionsOf({ id, principal }: RevokeKeyModalProps["entry"], may: boolean): Found {
  const { desk } = useConsole();
  const [found, setFound] = useState<Found>("asking");
  useEffect(() => {
    if (!may) return;
    void desk.sessionsApi.list({ principal }).then((answer) => {
      setFound(answer.ok ? answer.value.sessions.filter(({ key_id }) => key_id === id) : "unknown");
    });
  }, [desk, id, principal, may]);
  return found;
}
