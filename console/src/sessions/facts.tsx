// What is known of a session, and where more is written about it.

import { AuditLink } from "../parts/audit-link.tsx";
import { Fact, Facts } from "../parts/facts.tsx";
import { Text } from "../parts/text.tsx";
import { When } from "../parts/when.tsx";
import { Link } from "../router/link.tsx";
import { ClientName } from "./table.tsx";
import { count, VIA } from "./words.ts";
import type { LiveSession } from "./api.ts";

export function SessionFacts({ session }: { readonly session: LiveSession }) {
  const { principal, via, key_id, protocol, source_ip, opened_at, expires_at, subscriptions } = session;
  return (
    <aside class="desk-side" aria-label="About this session">
      <section class="block" aria-labelledby="facts">
        <h2 id="facts">Session</h2>
        <Facts>
          <Fact name="Client">
            <ClientName session={session} />
          </Fact>
          <Fact name="Via">
            {VIA[via].title}
            {protocol !== undefined && (
              <span class="cell-more">
                <Text value={protocol} />
              </span>
            )}
          </Fact>
          <Fact name="Roles">
            <Text value={principal.roles.join(", ")} />
          </Fact>
          {key_id !== undefined && <Code name="Key" value={key_id} />}
          {source_ip !== undefined && <Code name="From" value={source_ip} />}
          <Fact name="Connected">
            <When at={opened_at} />
          </Fact>
          {expires_at !== undefined && (
            <Fact name="Until">
              <When at={expires_at} />
            </Fact>
          )}
          <Fact name="Told of">{subscriptions === 0 ? "nothing" : count(subscriptions, "subscription")}</Fact>
          <Code name="Id" value={session.id} />
        </Facts>
      </section>
      <Elsewhere session={session} />
    </aside>
  );
}

function Elsewhere({ session: { id, principal, key_id } }: { readonly session: LiveSession }) {
  return (
    <nav class="block links" aria-label="More about it">
      <AuditLink where={{ session: [id] }}>What this session did</AuditLink>
      <AuditLink where={{ actor: [principal.id] }}>What this principal did</AuditLink>
      {key_id !== undefined && <AuditLink where={{ key: [key_id] }}>What was done with this key</AuditLink>}
      <Link to={{ page: "live", principal: principal.id }}>All sessions of this principal</Link>
    </nav>
  );
}

function Code({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <Fact name={name}>
      <code>
        <Text value={value} />
      </code>
    </Fact>
  );
}
