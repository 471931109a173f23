// What the checks of `npm run deploy` find in a configuration, and which of it stops a deployment.

import { afterEach, describe, expect, it } from "vitest";
import file from "../../gatehouse.json" with { type: "json" };
import { checkAccount } from "../../dev/deploy/check-account.ts";
import { checkAccess, checkAddresses } from "../../dev/deploy/check-addresses.ts";
import { checkBindings, checkCrons } from "../../dev/deploy/check-bindings.ts";
import { checkVariables, keysNamedIn } from "../../dev/deploy/check-variables.ts";
import { readCommandLine } from "../../dev/deploy/command-line.ts";
import { configured } from "../../dev/deploy/configured.ts";
import { inWords, judge } from "../../dev/deploy/finding.ts";
import { wrangler } from "../../dev/deploy/wrangler.ts";
import { scriptedWrangler } from "../support/scripted-wrangler.ts";
import { textOf } from "../support/source-files.ts";
import type { ScriptedWrangler, WranglerScript } from "../support/scripted-wrangler.ts";

const GOOD = {
  CLUSTERS: '[{"name":"prod","url":"https://proxy.example.com"}]',
  PUBLIC_URL: "https://gatehouse.example.com",
  ACCESS: JSON.stringify({
    team: "https://acme.cloudflareaccess.com",
    audience: "0123",
    roles: { claim: "email", map: { "mira@example.com": ["administrator"] } },
  }),
};
const whole = await configured();
const told = (findings: readonly { readonly check: string; readonly fault: string }[]) =>
  findings.map(({ check, fault }) => `${check}: ${fault}`);

describe("the variables", () => {
  it("are in order as they are committed", () => {
    expect(checkVariables(whole.vars, file)).toEqual([]);
  });

  it("have all their faults named at once, and the file's as well", () => {
    const findings = checkVariables(
      { ...GOOD, CLUSTERS: "[]", FRAME_RATE: "often", TRACES: '{"url":"http://collector.example.com"}' },
      { ...file, roles: { "Not a role": { grants: [] } } },
    );

    expect(told(findings).map((line) => line.split(":")[1]?.trim())).toEqual(
      expect.arrayContaining(["CLUSTERS", "FRAME_RATE", "TRACES", "gatehouse.json"]),
    );
  });

  it("name the keys that clusters have of their own, which need not be known here", () => {
    const variables = { ...GOOD, CLUSTERS: '[{"name":"a","url":"https://a.example.com","key":"PROXY_SIGNING_KEY_A"}]' };

    expect(checkVariables(variables, file)).toEqual([]);
    expect(keysNamedIn(variables)).toEqual(["PROXY_SIGNING_KEY_A"]);
  });
});

describe("the addresses", () => {
  it("of a real deployment are in order", () => {
    expect([...checkAddresses(GOOD), ...checkAccess(GOOD)]).toEqual([]);
  });

  it.each([
    [
      "a cluster on this machine",
      { CLUSTERS: '[{"name":"a","url":"http://127.0.0.1:8790"}]' },
      "clusters",
      "points at this machine",
    ],
    [
      "an actions proxy on this machine",
      { CLUSTERS: '[{"name":"a","url":"https://a.example.com","actions_url":"http://localhost:1"}]' },
      "clusters",
      "points at this machine",
    ],
    ["a cluster in the open", { CLUSTERS: '[{"name":"a","url":"http://a.example.com"}]' }, "clusters", "in the open"],
    [
      "a public address on this machine",
      { PUBLIC_URL: "http://localhost:8787" },
      "addresses",
      "PUBLIC_URL is this machine",
    ],
    ["a console on this machine", { CONSOLE_URL: "http://[::1]:8787" }, "addresses", "CONSOLE_URL is this machine"],
    ["no address at all", { PUBLIC_URL: "" }, "addresses", "PUBLIC_URL is empty"],
  ])("are refused with %s", (_what, change, check, words) => {
    expect(checkAddresses({ ...GOOD, ...change })).toEqual([
      { check, fault: expect.stringContaining(words), isOfUpload: true },
    ]);
  });

  it("without Access leave the console open, which somebody has to want", () => {
    expect(told(checkAccess({ ...GOOD, ACCESS: "" }))).toEqual([expect.stringContaining("access: ACCESS is empty")]);
  });
});

describe("the bindings", () => {
  const worker = textOf("src/worker.ts");

  it("agree with what the Worker exports, as they are committed", () => {
    expect([...checkBindings({ here: whole, whole, worker }), ...checkCrons(whole)]).toEqual([]);
  });

  it.each([
    [
      "a class that is not exported",
      { worker: worker.replace(/^export \{ QuotaObject .*$/m, "") },
      "QUOTA is bound to QuotaObject",
    ],
    [
      "a class that nothing is bound to",
      { worker: `${worker}\nexport { NewObject } from "./x.ts";` },
      "exports NewObject",
    ],
    ["a class without its storage", { here: { ...whole, exports: {} } }, "has no [exports.SessionObject]"],
    [
      "an environment without a binding",
      { here: { ...whole, ratelimits: [] } },
      "DOOR_LIMIT is bound in wrangler.toml and not in this environment",
    ],
  ])("are refused with %s", (_what, change, words) => {
    expect(told(checkBindings({ here: whole, whole, worker, ...change })).join("\n")).toContain(words);
  });

  it("warn before a class's objects are deleted", () => {
    const here = { ...whole, exports: { ...whole.exports, OldObject: { type: "durable-object" } } };

    expect(told(checkBindings({ here, whole, worker }))).toEqual([expect.stringContaining("deletes its objects")]);
  });

  it("miss a cron, and say what is not done without it", () => {
    expect(told(checkCrons({ ...whole, triggers: { crons: ["17 3 * * *"] } }))).toEqual([
      expect.stringMatching(/crons: "\*\/15 \* \* \* \*" is missing.*neither verified/),
    ]);
  });
});

describe("the account", () => {
  const required = ["KEY_PEPPER", "DATABASE_URL"];
  let script: ScriptedWrangler | undefined;
  afterEach(() => script?.remove());
  const found = (scripted: WranglerScript, environment?: string) => {
    script = scriptedWrangler(scripted);
    return told(checkAccount(wrangler(script.path), { required, environment }));
  };

  it("is in order with every secret", () => {
    expect(found({ secrets: [...required, "METRICS_TOKEN"] })).toEqual([]);
    expect(script?.asked()).toEqual(["whoami --json", "secret list --format json"]);
  });

  it("lacks a secret, and how to set it is said", () => {
    expect(found({ secrets: ["KEY_PEPPER"] }, "staging")).toEqual([
      "secrets: DATABASE_URL is not set: npm run wrangler -- secret put DATABASE_URL --env staging",
    ]);
    expect(script?.asked().at(-1)).toBe("secret list --format json --env staging");
  });

  it("has no such Worker yet: then every secret is named, and the first one makes it", () => {
    const [line] = found({ secrets: undefined });

    expect(line).toMatch(/not there yet[^]*secret put KEY_PEPPER\n[^]*secret put DATABASE_URL/);
    expect(line).not.toContain("10007");
  });

  it("is nobody's, and nothing more is asked", () => {
    expect(found({ isLoggedIn: false })).toEqual([expect.stringContaining("npm run wrangler -- login")]);
    expect(script?.asked()).toHaveLength(1);
  });
});

describe("the command line", () => {
  it("is our own options and wrangler's", () => {
    expect(
      readCommandLine(["--dry-run", "--env", "staging", "--accept", "access", "--accept=database", "--var", "A:b:c"]),
    ).toEqual({
      isDryRun: true,
      environment: "staging",
      accepted: ["access", "database"],
      variables: { A: "b:c" },
      forWrangler: ["--env", "staging", "--var", "A:b:c"],
    });
  });

  it.each([
    ["--config"],
    ["-c"],
    ["--config=other.toml"],
    ["src/other.ts"],
    ["--script", "x"],
    ["--assets=x"],
    ["--name=other"],
  ])("does not take another Worker: %s", (...words) => {
    expect(readCommandLine(words)).toContain("nothing else");
  });

  it("accepts what may be accepted", () => {
    expect(readCommandLine(["--accept", "bundle"])).toContain("--accept bundle: only");
  });
});

describe("the verdict", () => {
  const findings = [
    { check: "crons", fault: "one" },
    { check: "access", fault: "two", isOfUpload: true },
    { check: "clusters", fault: "three", isOfUpload: true },
  ];

  it("stops for everything, all of it at once", () => {
    const verdict = judge(findings, { isDryRun: false, accepted: [] });

    expect(inWords(verdict, { isDryRun: false })).toBe(
      "Preflight: 3 faults. Nothing was uploaded.\n  - crons: one\n  - access: two\n  - clusters: three",
    );
  });

  it("goes on with what was accepted, and still says it", () => {
    const verdict = judge(findings.slice(1, 2), { isDryRun: false, accepted: ["access"] });

    expect(inWords(verdict, { isDryRun: false })).toBe("Accepted:\n  - access: two\nPreflight: in order.");
  });

  it("of a dry run says what would stop a deployment, and stops for the rest", () => {
    const verdict = judge(findings, { isDryRun: true, accepted: [] });

    expect(verdict.stopping).toEqual([{ check: "crons", fault: "one" }]);
    expect(inWords(verdict, { isDryRun: true })).toMatch(
      /^Would stop a deployment:\n {2}- access: two\n {2}- clusters: three\n/,
    );
  });
});
