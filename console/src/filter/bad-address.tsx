// An address that says something impossible: what is wrong with it, and ways on.

import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import { Link } from "../router/link.tsx";
import { mended, NO_FILTER } from "./filtering.ts";
import type { AuditFilterFault, Filtering } from "./filtering.ts";

export interface BadAddressProps {
  readonly fault: AuditFilterFault;
  readonly query: string;
  readonly to: Filtering["to"];
}

export function BadAddress({ fault, query, to }: BadAddressProps) {
  return (
    <Notice tone="danger" title="This address cannot be searched for" isUrgent>
      <p>
        <code>
          <Text value={fault.param} />
        </code>
        : {fault.message}.
      </p>
      <p>
        <Link to={to(mended(query, fault))}>Leave that out</Link> or <Link to={to(NO_FILTER)}>start afresh</Link>.
      </p>
    </Notice>
  );
}
