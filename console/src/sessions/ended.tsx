// A session that is no more: what it did can still be read.

import { AuditLink } from "../parts/audit-link.tsx";
import { Notice } from "../parts/notice.tsx";

export function Ended({ id }: { readonly id: string }) {
  return (
    <Notice tone="info" title="This session has ended">
      <p>It disconnected, expired, or was ended by somebody.</p>
      <p>
        <AuditLink where={{ session: [id] }} last="7d">
          What it did, in the audit log
        </AuditLink>
      </p>
    </Notice>
  );
}
