// The tests that need workerd: sockets, sleep and alarms, with everything outside the Worker answered from this process.

import { generateKeyPairSync } from "node:crypto";
import { fileURLToPath } from "node:url";
import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { defineProject } from "vitest/config";
import { buildConsole } from "../../console/build.ts";
import { INTERCEPTED } from "../../dev/storage/server.ts";
import { TRACES } from "./collector.ts";
import { ACCESS_TEAM, bindings as identities, ISSUER_KID, METRICS_TOKEN, SIEM, SIEM_SECRET } from "./identities.ts";
import { outside } from "./outside.ts";

await buildConsole();
const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const [issuer, access] = [
  generateKeyPairSync("ec", { namedCurve: "P-256" }),
  generateKeyPairSync("rsa", { modulusLength: 2_048 }),
];
const world = outside(publicKey.export({ format: "jwk" }), {
  issuer: { ...issuer.publicKey.export({ format: "jwk" }), kid: ISSUER_KID },
  access: { ...access.publicKey.export({ format: "jwk" }), kid: ACCESS_TEAM },
});

export default defineProject({
  plugins: [
    // Else vitest waits for what is still open, and is killed.
    { name: "outside", configureVitest: ({ vitest }) => vitest.onClose(() => world.close()) },
    cloudflareTest({
      wrangler: { configPath: fileURLToPath(new URL("../../wrangler.toml", import.meta.url)) },
      remoteBindings: false,
      miniflare: {
        bindings: {
          ...INTERCEPTED.bindings,
          CLUSTERS: JSON.stringify([
            { name: "demo", url: "https://cluster.test", actions_url: "https://actions.cluster.test" },
          ]),
          ALLOWED_ORIGINS: "https://console.test",
          ...identities,
          // For the tests, which are the issuer and the team; the Worker knows nothing of them.
          TEST_ISSUER_KEY: JSON.stringify(issuer.privateKey.export({ format: "jwk" })),
          TEST_ACCESS_KEY: JSON.stringify(access.privateKey.export({ format: "jwk" })),
          KEY_PEPPER: "a pepper for tests, and for nothing but tests",
          APPROVAL_SIGNING_KEY: JSON.stringify(generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" })),
          AUDIT_SIGNING_KEY: JSON.stringify(generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" })),
          TRACES,
          METRICS_TOKEN,
          PROXY_SIGNING_KEY: JSON.stringify(privateKey.export({ format: "jwk" })),
          AUDIT_FORWARD: JSON.stringify({ url: SIEM, secret: SIEM_SECRET }),
          // Longer than any test: alarms run when a test says so.
          AUDIT_DRAIN_DELAY_MS: "60000",
        },
        r2Buckets: ["AUDIT_ARCHIVE"],
        // As Node has it: who goes away before the answer is seen to go.
        outboundService: { node: (request, response) => world.answer(request, response) },
      },
    }),
  ],
  test: {
    name: "workerd",
    include: ["**/*.test.ts"],
    setupFiles: [fileURLToPath(new URL("started.ts", import.meta.url))],
    // Only a failure waits so long, on however busy a machine.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // The outside is one for all files, and its outages would meet the wrong tests.
    fileParallelism: false,
  },
});
