// The door. In production Cloudflare Access stands before it; on a developer's machine a key opens it.

import { useState } from "preact/hooks";
import { sayProblem } from "../api/problem.ts";
import { useConsole } from "../console-context.ts";
import { Field } from "../parts/field.tsx";
import { Notice } from "../parts/notice.tsx";
import { Plain } from "./plain.tsx";
import type { SignIn as Way } from "../api/contract.ts";

export function SignIn({ by }: { readonly by: Way }) {
  return by === "access" ? <ThroughAccess /> : <WithKey />;
}

function ThroughAccess() {
  return (
    <Plain title="Sign in again">
      <p>
        Your session with Cloudflare Access has ended, or this address was opened without one. Loading the page again
        takes you to your organisation’s sign-in and back here.
      </p>
      <button type="button" class="button button-primary" onClick={() => location.reload()}>
        Reload and sign in
      </button>
      <p class="quiet">If this appears again at once, your account is not among those that may open the console.</p>
    </Plain>
  );
}

function WithKey() {
  const { key, setKey, fault, isBusy, submit } = useKey();
  return (
    <Plain title="Sign in">
      <form class="stack" onSubmit={(event) => void submit(event)}>
        <Field
          label="API key"
          hint="Of a person with roles here: npm run keys -- create --kind human"
          isSecret
          value={key}
          onInput={setKey}
          fault={fault}
          isRequired
        />
        <button type="submit" class="button button-primary" disabled={isBusy}>
          {isBusy ? "Signing in…" : "Sign in"}
        </button>
      </form>
      <Notice tone="info">
        <p>
          This way in exists on development deployments only. The key is exchanged for a cookie that scripts cannot
          read, and is kept nowhere in this browser.
        </p>
      </Notice>
    </Plain>
  );
}

function useKey() {
  const { client, session } = useConsole();
  const [key, setKey] = useState("");
  const [fault, setFault] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    const answer = await client.signIn(key.trim());
    setBusy(false);
    if (!answer.ok) {
      setFault(sayProblem(answer.error));
      return;
    }
    setKey("");
    await session.ask();
  };
  return { key, setKey, fault, isBusy, submit };
}
