// Where this deployment will be, and where its clusters are: what is right on a developer's machine, and nowhere else.

import type { Finding } from "./finding.ts";
import type { Variables } from "./check-variables.ts";

const LOOPBACK = /\blocalhost\b|\b127(\.\d+){3}\b|\[::1\]|\b0\.0\.0\.0\b/;

export function checkAddresses(variables: Variables): readonly Finding[] {
  const text = (name: string) => {
    const value = variables[name];
    return typeof value === "string" ? value : "";
  };
  const [clusters, publicUrl, consoleUrl] = [text("CLUSTERS"), text("PUBLIC_URL"), text("CONSOLE_URL")];
  const own = [
    ["PUBLIC_URL", publicUrl],
    ["CONSOLE_URL", consoleUrl],
  ] as const;
  return [
    ...(LOOPBACK.test(clusters)
      ? [
          upload(
            "clusters",
            "CLUSTERS points at this machine: put the address of your k8s-proxy there (npm run clusters -- add)",
          ),
        ]
      : []),
    ...(clusters.includes('"http://') && !LOOPBACK.test(clusters)
      ? [upload("clusters", "CLUSTERS has an http:// address: what is asked and answered would travel in the open")]
      : []),
    ...own
      .filter(([, url]) => LOOPBACK.test(url))
      .map(([name]) =>
        upload("addresses", `${name} is this machine: set the origin under which this deployment is reached`),
      ),
    ...(publicUrl === "" && consoleUrl === ""
      ? [upload("addresses", "PUBLIC_URL is empty: whoever is asked to approve something gets no link to the console")]
      : []),
  ];
}

/** Anybody may see the console's page of a deployment; nobody gets further without a key, or through Access. */
export function checkAccess({ ACCESS = "" }: Variables): readonly Finding[] {
  if (ACCESS !== "") return [];
  return [
    upload(
      "access",
      "ACCESS is empty: the console is open to everybody who finds it, with API keys as its only lock; put Cloudflare Access in front (docs/configuration.md), or accept it",
    ),
  ];
}

function upload(check: string, fault: string): Finding {
  return { check, fault, isOfUpload: true };
}
