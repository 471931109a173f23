// Who is signed in, how the page looks, and the way out.

import { useConsole } from "../console-context.ts";
import { Icon } from "../parts/icon.tsx";
import { Text } from "../parts/text.tsx";
import { useWatched } from "../state/use-watched.ts";
import { THEMES } from "./preferences.ts";
import type { Me } from "../api/contract.ts";

export function Account({ me, onHelp }: { readonly me: Me; readonly onHelp: () => void }) {
  const { client } = useConsole();
  const signOut = async () => {
    await client.signOut();
    // Nothing of what was seen is left for whoever comes next.
    location.reload();
  };
  return (
    <details class="account">
      <summary>
        <Icon name="person" />
        <span class="account-name">
          <Text value={me.principal.id} />
        </span>
      </summary>
      <div class="account-menu">
        <p class="account-who">
          <Text value={me.principal.id} />
        </p>
        <p class="quiet">
          <Text value={me.principal.roles.length === 0 ? "No roles" : `Roles: ${me.principal.roles.join(", ")}`} />
        </p>
        <ThemeChoice />
        <button type="button" class="button" onClick={onHelp}>
          <Icon name="question" /> Keyboard shortcuts
        </button>
        {me.sign_out && (
          <button type="button" class="button" onClick={() => void signOut()}>
            Sign out
          </button>
        )}
      </div>
    </details>
  );
}

function ThemeChoice() {
  const { preferences } = useConsole();
  const { theme } = useWatched(preferences);
  return (
    <fieldset class="choice">
      <legend>Appearance</legend>
      {THEMES.map((name) => (
        <label key={name}>
          <input
            type="radio"
            name="theme"
            checked={theme === name}
            onChange={() => preferences.change({ theme: name })}
          />
          <span>{name}</span>
        </label>
      ))}
    </fieldset>
  );
}
