// The dialogs that make, replace and revoke a key.

import { useConsole } from "../console-context.ts";
import { CreateKeyModal } from "./create-key.tsx";
import { RevokeKeyModal } from "./revoke-key.tsx";
import { RotateKeyModal } from "./rotate-key.tsx";
import { Warned } from "./warned.tsx";
import type { KeyEntry, Keys } from "./api.ts";

export type Change =
  | { readonly does: "create" }
  | { readonly does: "rotate"; readonly entry: KeyEntry }
  | { readonly does: "revoke"; readonly entry: KeyEntry };

export interface ChangingProps {
  readonly change: Change;
  readonly roles: Keys["roles"];
  readonly onClose: () => void;
}

export function Changing({ change, roles, onClose }: ChangingProps) {
  const { desk } = useConsole();
  switch (change.does) {
    case "create":
      return <CreateKeyModal roles={roles} onClose={onClose} />;
    case "rotate":
      return <RotateKeyModal entry={change.entry} onClose={onClose} />;
    case "revoke":
      return (
        <RevokeKeyModal entry={change.entry} onAnswered={() => void desk.keys.refresh()} onClose={onClose}>
          <Warned entry={change.entry} />
        </RevokeKeyModal>
      );
  }
}
