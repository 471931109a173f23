// The roles that a key may be given here, each with what it is for.

import { Text } from "../parts/text.tsx";
import type { Keys } from "./api.ts";

export interface RoleChoiceProps {
  readonly roles: Keys["roles"];
  readonly chosen: readonly string[];
  readonly fault: string | undefined;
  readonly onChange: (chosen: readonly string[]) => void;
}

export function RoleChoice({ roles, chosen, fault, onChange }: RoleChoiceProps) {
  const flip = (name: string) =>
    onChange(roles.map((role) => role.name).filter((one) => chosen.includes(one) !== (one === name)));
  return (
    <fieldset class="field" aria-describedby="roles-hint">
      <legend>Roles</legend>
      <p class="field-hint" id="roles-hint">
        Those that decide over others or run this deployment are not given here.
      </p>
      <ul class="role-choice">
        {roles.map(({ name, description }) => (
          <li key={name}>
            <label class="check">
              <input type="checkbox" checked={chosen.includes(name)} onChange={() => flip(name)} />
              <span>
                <strong>
                  <Text value={name} />
                </strong>
                {description !== undefined && (
                  <span class="role-words">
                    <Text value={description} />
                  </span>
                )}
              </span>
            </label>
          </li>
        ))}
      </ul>
      {fault !== undefined && <p class="field-fault">{fault}</p>}
    </fieldset>
  );
}
