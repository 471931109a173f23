// Cancelling a call, ending a session, or taking its key away: each says first what will happen.

import { useConsole } from "../console-context.ts";
import { ReasonModal } from "../parts/reason-modal.tsx";
import { Text } from "../parts/text.tsx";
import type { Problem } from "../api/problem.ts";
import type { InFlightCall, LiveSession } from "./api.ts";

export type Step =
  | { readonly does: "cancel"; readonly call: InFlightCall }
  | { readonly does: "disconnect" }
  | { readonly does: "revoke" };

export interface SteppingInProps {
  readonly session: LiveSession;
  readonly step: Step;
  readonly onClose: () => void;
}

export function SteppingIn(props: SteppingInProps) {
  const { step } = props;
  switch (step.does) {
    case "cancel":
      return <Cancel {...props} call={step.call} />;
    case "disconnect":
      return <Disconnect {...props} />;
    case "revoke":
      return <Revoke {...props} />;
  }
}

function Cancel({ session, call, onClose }: SteppingInProps & { readonly call: InFlightCall }) {
  const { desk, announcement } = useConsole();
  const resource = desk.session(session.id);
  const send = async (reason: string): Promise<Problem | undefined> => {
    const answer = await desk.sessionsApi.cancel(session.id, { call_id: call.call_id, reason });
    if (!answer.ok) {
      void resource.refresh();
      return answer.error;
    }
    resource.put(answer.value);
    announcement.put(`Cancelled: ${call.tool}.`);
    onClose();
    return undefined;
  };
  return (
    <ReasonModal
      title="Cancel a call"
      verb={["Cancel the call", "Cancelling…"]}
      refused="The call goes on"
      onSend={send}
      onClose={onClose}
    >
      <p>
        <code>
          <Text value={call.tool} />
        </code>{" "}
        of{" "}
        <strong>
          <Text value={session.principal.id} />
        </strong>{" "}
        is stopped and answered with the error “cancelled”. The session stays open, and its agent may call again.
      </p>
    </ReasonModal>
  );
}

function Disconnect({ session, onClose }: SteppingInProps) {
  const { desk, announcement, navigator } = useConsole();
  const send = async (reason: string): Promise<Problem | undefined> => {
    const answer = await desk.sessionsApi.disconnect(session.id, reason);
    if (!answer.ok) {
      void desk.session(session.id).refresh();
      return answer.error;
    }
    announcement.put(`Disconnected: ${session.principal.id}.`);
    onClose();
    navigator.go({ page: "live" });
    return undefined;
  };
  const reading = session.in_flight.filter(({ may_cancel }) => may_cancel).length;
  return (
    <ReasonModal
      title="Disconnect a session"
      verb={["Disconnect", "Disconnecting…"]}
      refused="It is still connected"
      onSend={send}
      onClose={onClose}
    >
      <p>
        The session of{" "}
        <strong>
          <Text value={session.principal.id} />
        </strong>{" "}
        ends at once{reading > 0 && <>, and {reading === 1 ? "a call" : `${reading} calls`} with it</>}. A change that
        has begun is finished first. Its key stays valid: the agent may connect again. To keep it out, revoke the key.
      </p>
    </ReasonModal>
  );
}

function Revoke({ session, onClose }: SteppingInProps) {
  const { desk, announcement } = useConsole();
  const key = session.key_id ?? "";
  const send = async (reason: string): Promise<Problem | undefined> => {
    const answer = await desk.keysApi.revoke(key, reason);
    void desk.session(session.id).refresh();
    if (!answer.ok) return answer.error;
    announcement.put(`Revoked: the key ${key}.`);
    onClose();
    return undefined;
  };
  return (
    <ReasonModal
      title="Revoke its key"
      verb={["Revoke the key", "Revoking…"]}
      refused="The key is still valid"
      onSend={send}
      onClose={onClose}
    >
      <p>
        The key{" "}
        <code>
          <Text value={key} />
        </code>{" "}
        of{" "}
        <strong>
          <Text value={session.principal.id} />
        </strong>{" "}
        stops working for good, and every session that uses it ends: this one, and any other. It cannot be undone; its
        holder needs a new key.
      </p>
    </ReasonModal>
  );
}
