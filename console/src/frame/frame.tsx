// What surrounds every page: where one can go, who one is, and whether the page hears of changes.

import { useEffect, useState } from "preact/hooks";
import { Icon } from "../parts/icon.tsx";
import { Link } from "../router/link.tsx";
import { Account } from "./account.tsx";
import { Connection } from "./connection.tsx";
import { useCounts } from "./counts.ts";
import { Help } from "./help.tsx";
import { PAGES } from "./pages.ts";
import { useShortcuts } from "./shortcuts.ts";
import type { ComponentChildren } from "preact";
import type { PageEntry } from "./pages.ts";
import type { Me } from "../api/contract.ts";
import type { Route } from "../router/route.ts";
import type { Counts } from "./counts.ts";

export interface FrameProps {
  readonly me: Me;
  readonly route: Route;
  readonly children: ComponentChildren;
}

export function Frame({ me, route, children }: FrameProps) {
  const [isHelpOpen, setHelpOpen] = useState(false);
  const counts = useCounts();
  useTitle(route, counts);
  useShortcuts({ "?": () => setHelpOpen(true) });
  return (
    <div class="frame">
      <a class="skip" href="#page">
        Skip to the page
      </a>
      <header class="side">
        <p class="brand">
          <Icon name="gate" /> Gatehouse
        </p>
        <Navigation me={me} route={route} counts={counts} />
        <div class="side-end">
          <Connection />
          <Account me={me} onHelp={() => setHelpOpen(true)} />
        </div>
      </header>
      <main id="page" class="page" tabIndex={-1}>
        {children}
      </main>
      {isHelpOpen && <Help onClose={() => setHelpOpen(false)} />}
    </div>
  );
}

interface NavigationProps extends Pick<FrameProps, "me" | "route"> {
  readonly counts: Counts;
}

function Navigation({ me, route, counts }: NavigationProps) {
  const isFor = ({ needs }: PageEntry) => !needs || needs.some((permission) => me.permissions.includes(permission));
  return (
    <nav aria-label="Pages" class="pages">
      <ul>
        {PAGES.filter(isFor).map(({ page, title, icon, to }) => (
          <li key={page}>
            <Link to={to} class="page-link" isCurrent={route.page === page}>
              <Icon name={icon} />
              <span>{title}</span>
              <Count page={page} counts={counts} />
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Count({ page, counts }: { readonly page: Route["page"]; readonly counts: Counts }) {
  const { count, of } = counts[page] ?? { count: 0, of: "" };
  if (count === 0) return null;
  return (
    <span class={`count count-${page}`}>
      {count}
      <span class="unseen-words"> {of}</span>
    </span>
  );
}

/** The number in front is what is seen of a page that is one tab among many. */
function useTitle(route: Route, counts: Counts): void {
  const waiting = counts.approvals?.count ?? 0;
  const page = PAGES.find((entry) => entry.page === route.page)?.title ?? "Nothing here";
  useEffect(() => {
    document.title = `${waiting > 0 ? `(${waiting}) ` : ""}${page} · Gatehouse`;
  }, [waiting, page]);
}
