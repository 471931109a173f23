// Cancelling a call, ending a session, or taking its key away: each says first what will happen.

import { useConsole } from "../console-context.ts";
import { RevokeKeyModal } from "../keys/revoke-key.tsx";
import { ReasonModal } from "../parts/reason-modal.tsx";
import { Text } from "../parts/text.tsx";
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
  const { session, step, onClose } = props;
  const { desk } = useConsole();
  switch (step.does) {
    case "cancel":
      return <Cancel {...props} call={step.call} />;
    case "disconnect":
      return <Disconnect {...props} />;
    case "revoke": {
      const entry = { id: session.key_id ?? "", principal: session.principal.id };
      const look = () => void desk.session(session.id).refresh();
      return <RevokeKeyModal entry={entry} onAnswered={look} onClose={onClose} />;
    }
  }
}

function Cancel({ session, call, onClose }: SteppingInProps & { readonly call: InFlightCall }) {
  const { desk } = useConsole();
  const send = async (reason: string) => {
    const answer = await desk.sessionsApi.cancel(session.id, { call_id: call.call_id, reason });
    const resource = desk.session(session.id);
    if (answer.ok) resource.put(answer.value);
    else void resource.refresh();
    return answer;
  };
  return (
    <ReasonModal
      title="Cancel a call"
      verb={["Cancel the call", "Cancelling…"]}
      refused="The call goes on"
      done={`Cancelled: ${call.tool}.`}
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
  const { desk, navigator } = useConsole();
  const send = async (reason: string) => {
    const answer = await desk.sessionsApi.disconnect(session.id, reason);
    if (answer.ok) navigator.go({ page: "live" });
    else void desk.session(session.id).refresh();
    return answer;
  };
  const reading = session.in_flight.filter(({ may_cancel }) => may_cancel).length;
  return (
    <ReasonModal
      title="Disconnect a session"
      verb={["Disconnect", "Disconnecting…"]}
      refused="It is still connected"
      done={`Disconnected: ${session.principal.id}.`}
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
