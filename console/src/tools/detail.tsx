// One tool: what it is, calling it, and who else may.

import { useLayoutEffect, useRef } from "preact/hooks";
import { useConsole } from "../console-context.ts";
import { useShortcuts } from "../frame/shortcuts.ts";
import { AuditLink } from "../parts/audit-link.tsx";
import { Badge } from "../parts/badge.tsx";
import { EffectBadge } from "../parts/effect-badge.tsx";
import { Icon } from "../parts/icon.tsx";
import { Notice } from "../parts/notice.tsx";
import { Text } from "../parts/text.tsx";
import { Simulator } from "../policy/simulator.tsx";
import { focusLinkTo } from "../router/focus-link.ts";
import { Link } from "../router/link.tsx";
import { Caller } from "./caller.tsx";
import { Requires } from "./catalogue.tsx";
import { Schemas } from "./schemas.tsx";
import { ToolFacts } from "./tool-facts.tsx";
import type { RefObject } from "preact";
import type { ToolEntry } from "./api.ts";
import type { CallerProps } from "./caller.tsx";

export function ToolDetail({ tool, catalogue }: CallerProps) {
  const { navigator } = useConsole();
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus({ preventScroll: true }), []);
  useShortcuts({
    Escape: () => {
      navigator.go({ page: "tools" });
      focusLinkTo({ page: "tools", tool: tool.name });
    },
  });
  return (
    <article class="tool" aria-labelledby="tool-title">
      <p>
        <Link to={{ page: "tools" }} class="desk-back">
          <Icon name="back" /> All tools
        </Link>
      </p>
      <Head tool={tool} heading={heading} />
      <Mine tool={tool} />
      <ToolFacts tool={tool} />
      <Caller tool={tool} catalogue={catalogue} />
      <section class="block" aria-labelledby="who-may">
        <h2 id="who-may">Who may call this, and why</h2>
        <Simulator tool={tool.name} tools={catalogue.tools} clusters={catalogue.clusters} />
      </section>
      <Schemas tool={tool} />
    </article>
  );
}

interface HeadProps {
  readonly tool: ToolEntry;
  readonly heading: RefObject<HTMLHeadingElement | null>;
}

function Head({ tool, heading }: HeadProps) {
  return (
    <header class="desk-title">
      <h1 id="tool-title" tabIndex={-1} ref={heading} class="tool-name">
        <Text value={tool.name} />
      </h1>
      <p class="desk-under">
        <EffectBadge effect={tool.effect} />
        {!tool.enabled && (
          <Badge tone="danger" icon="power">
            switched off
          </Badge>
        )}
        <span>
          needs <Requires requires={tool.requires} />
        </span>
        <AuditLink where={{ tool: [tool.name] }}>Calls of it in the audit log</AuditLink>
      </p>
      <p class="lead">
        <Text value={tool.description} />
      </p>
    </header>
  );
}

function Mine({ tool: { mine, enabled } }: { readonly tool: ToolEntry }) {
  const title = mine.may_call ? "You may call this" : "You may not call this";
  return (
    <Notice tone={mine.may_call ? "good" : "warning"} title={title} id="mine">
      <p>
        <Text value={mine.why} />
      </p>
      {!enabled && <p>It is switched off for everybody.</p>}
    </Notice>
  );
}
