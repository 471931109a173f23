// Roles by permissions: a full mark where it holds everywhere, a half one where it holds somewhere.

import { Text } from "../parts/text.tsx";
import { cellsOf, inColumns, permissionFamilies } from "./matrix.ts";
import { sayScope } from "./simulated.tsx";
import type { PolicyView } from "../tools/api.ts";
import type { Cell, PermissionFamily } from "./matrix.ts";

export function Matrix({ policy: { permissions, roles } }: { readonly policy: PolicyView }) {
  const families = permissionFamilies(permissions);
  const columns = inColumns(permissions);
  return (
    <>
      <div class="matrix-frame" role="region" tabIndex={0} aria-label="Roles and permissions">
        <table class="matrix">
          <Heads families={families} />
          <tbody>
            {roles.map((role) => (
              <tr key={role.name}>
                <th scope="row">
                  <Text value={role.name} />
                </th>
                {cellsOf(role, columns).map((cell) => (
                  <Mark key={cell.permission} cell={cell} isFirst={isFirst(cell.permission, columns)} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="matrix-legend">
        <span>
          <Dot holds="everywhere" /> in every cluster and namespace
        </span>
        <span>
          <Dot holds="somewhere" /> only where the role says, below
        </span>
      </p>
    </>
  );
}

function Heads({ families }: { readonly families: readonly PermissionFamily[] }) {
  return (
    <thead>
      <tr>
        <td rowSpan={2} />
        {families.map(({ name, actions }) => (
          <th key={name} scope="colgroup" colSpan={actions.length}>
            <Text value={name} />
          </th>
        ))}
      </tr>
      <tr>
        {families.flatMap(({ name, actions }) =>
          actions.map((action, index) => (
            <th key={`${name}:${action}`} scope="col" class={index === 0 ? "matrix-first" : ""}>
              <Text value={action} />
            </th>
          )),
        )}
      </tr>
    </thead>
  );
}

function isFirst(permission: string, columns: readonly string[]): boolean {
  const before = columns[columns.indexOf(permission) - 1];
  return before?.split(":")[0] !== permission.split(":")[0];
}

function Mark({ cell: { holds, scopes }, isFirst: first }: { readonly cell: Cell; readonly isFirst: boolean }) {
  const words = scopes.map(({ clusters, namespaces }) => sayScope(clusters, namespaces)).join("; ");
  return (
    <td class={first ? "matrix-first" : ""} title={words}>
      {holds === "nowhere" ? (
        <span class="unseen-words">no</span>
      ) : (
        <>
          <Dot holds={holds} />
          <span class="unseen-words">
            <Text value={words} />
          </span>
        </>
      )}
    </td>
  );
}

function Dot({ holds }: { readonly holds: "somewhere" | "everywhere" }) {
  return (
    <svg class="dot" viewBox="0 0 12 12" aria-hidden="true" focusable="false">
      <circle cx="6" cy="6" r="4.5" class="dot-edge" />
      <path d={holds === "everywhere" ? "M6 1.5a4.5 4.5 0 0 1 0 9a4.5 4.5 0 0 1 0-9" : "M6 1.5a4.5 4.5 0 0 0 0 9z"} />
    </svg>
  );
}
