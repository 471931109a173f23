// What is drawn: the frame with a page in it for whoever is signed in, and a door for everybody else.

import { useEffect } from "preact/hooks";
import { sayProblem } from "../api/problem.ts";
import { ApprovalsPage } from "../approvals/page.tsx";
import { AuditPage } from "../audit/page.tsx";
import { useConsole } from "../console-context.ts";
import { NewKeyDialog } from "../keys/new-key.tsx";
import { KeysPage } from "../keys/page.tsx";
import { LivePage } from "../sessions/page.tsx";
import { Notice } from "../parts/notice.tsx";
import { Loading } from "../parts/state.tsx";
import { PolicyPage } from "../policy/page.tsx";
import { Link } from "../router/link.tsx";
import { useWatched } from "../state/use-watched.ts";
import { SwitchesPage } from "../switches/page.tsx";
import { ToolsPage } from "../tools/page.tsx";
import { UsagePage } from "../usage/page.tsx";
import { Announcer } from "./announcer.tsx";
import { Frame } from "./frame.tsx";
import { Plain } from "./plain.tsx";
import { SignIn } from "./sign-in.tsx";
import type { Me } from "../api/contract.ts";
import type { Problem } from "../api/problem.ts";
import type { Route } from "../router/route.ts";

export function App() {
  const { session } = useConsole();
  const standing = useWatched(session);
  switch (standing.is) {
    case "asking":
      return (
        <Plain title="Gatehouse">
          <Loading what="your session" rows={1} />
        </Plain>
      );
    case "signed-out":
      return <SignIn by={standing.signIn} />;
    case "failed":
      return <Unreachable problem={standing.problem} />;
    case "signed-in":
      return <SignedIn me={standing.me} />;
  }
}

function SignedIn({ me }: { readonly me: Me }) {
  const { navigator, live, activity } = useConsole();
  const route = useWatched(navigator.route);
  useEffect(() => {
    live.start();
    activity.start();
    return () => {
      live.stop();
      activity.stop();
    };
  }, [live, activity]);
  return (
    <Frame me={me} route={route}>
      <Page route={route} />
      <Announcer />
      <NewKeyDialog />
    </Frame>
  );
}

function Page({ route }: { readonly route: Route }) {
  switch (route.page) {
    case "approvals":
      return <ApprovalsPage route={route} />;
    case "switches":
      return <SwitchesPage />;
    case "audit":
      return <AuditPage route={route} />;
    case "usage":
      return <UsagePage route={route} />;
    case "live":
      return <LivePage route={route} />;
    case "tools":
      return <ToolsPage route={route} />;
    case "keys":
      return <KeysPage />;
    case "policy":
      return <PolicyPage />;
    case "nowhere":
      return (
        <div class="sheet">
          <h1>There is nothing at this address</h1>
          <p>
            The link may be of another version, or cut off.{" "}
            <Link to={{ page: "approvals", tab: "open" }}>Approvals</Link>
          </p>
        </div>
      );
  }
}

function Unreachable({ problem }: { readonly problem: Problem }) {
  const { session } = useConsole();
  return (
    <Plain title="Gatehouse does not answer">
      <Notice tone="danger" isUrgent>
        <p>{sayProblem(problem)}</p>
      </Notice>
      <button type="button" class="button button-primary" onClick={() => void session.ask()}>
        Try again
      </button>
    </Plain>
  );
}
