// Each role in full: what it is for, what it grants where, and the quota of whoever holds it.

import { Text } from "../parts/text.tsx";
import { sayScope } from "./simulated.tsx";
import type { PolicyView } from "../tools/api.ts";

export function Roles({ policy: { roles, quotas } }: { readonly policy: PolicyView }) {
  const standard = quotas.default;
  return (
    <section class="roles" aria-labelledby="roles">
      <h2 id="roles">
        Each role <span class="quiet">{roles.length}</span>
      </h2>
      {standard !== undefined && (
        <p class="quiet">
          Quota of whoever holds no role with one of its own: <Text value={standard} />
        </p>
      )}
      <ul class="role-cards">
        {roles.map((role) => (
          <li key={role.name} class="role">
            <RoleCard role={role} quota={Object.hasOwn(quotas, role.name) ? quotas[role.name] : undefined} />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface RoleCardProps {
  readonly role: PolicyView["roles"][number];
  readonly quota: string | undefined;
}

function RoleCard({ role: { name, description, grants }, quota }: RoleCardProps) {
  return (
    <>
      <h3>
        <Text value={name} />
      </h3>
      {description !== undefined && (
        <p class="role-words">
          <Text value={description} />
        </p>
      )}
      {grants.length === 0 && <p class="quiet">Grants no permission.</p>}
      {grants.map(({ permissions, clusters, namespaces }, index) => (
        <div key={index} class="role-grant">
          <p class="role-permissions">
            {permissions.map((permission) => (
              <code key={permission}>
                <Text value={permission} />
              </code>
            ))}
          </p>
          <p class="quiet">
            in <Text value={sayScope(clusters, namespaces)} />
          </p>
        </div>
      ))}
      {quota !== undefined && (
        <p class="role-quota">
          Quota <Text value={quota} />
        </p>
      )}
    </>
  );
}
