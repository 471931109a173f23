// Revokes a key, and says first what that breaks.

import { useEffect, useState } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { countOf } from "../parts/number.ts";
import { ReasonModal } from "../parts/reason-modal.tsx";
import { Text } from "../parts/text.tsx";
import { useMay } from "../state/use-may.ts";
import { Warned } from "./warned.tsx";
import type { Problem } from "../api/problem.ts";
import type { LiveSession } from "../sessions/api.ts";
import type { KeyEntry } from "./api.ts";
import type { KeyModalProps } from "./rotate-key.tsx";

export function RevokeKeyModal({ entry, onClose }: KeyModalProps) {
  const { desk, announcement } = useConsole();
  const send = async (reason: string): Promise<Problem | undefined> => {
    const answer = await desk.keysApi.revoke(entry.id, reason);
    void desk.keys.refresh();
    if (!answer.ok) return answer.error;
    announcement.put(`Revoked: the key ${entry.id} of ${entry.principal}.`);
    onClose();
    return undefined;
  };
  return (
    <ReasonModal
      title="Revoke a key"
      verb={["Revoke the key", "Revoking…"]}
      refused="The key is still valid"
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
      <Warned entry={entry} />
    </ReasonModal>
  );
}

const NAMED = 5;

function Broken({ entry }: { readonly entry: KeyEntry }) {
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

function useSessionsOf({ id, principal }: KeyEntry, may: boolean): Found {
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
