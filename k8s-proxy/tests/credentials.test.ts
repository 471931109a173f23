// The ways to prove who the proxy is, and the ones it refuses.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { loadCredentials } from "../src/kubernetes/credentials.ts";

let directory: string;
let time = 0;
const now = () => time;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "k8s-proxy-"));
});
afterEach(() => rm(directory, { recursive: true }));

async function kubeconfig(cluster: object, user: object, context?: string) {
  const path = join(directory, "config");
  const named = (name: string, what: object) => [{ name, ...what }];
  await writeFile(
    path,
    stringify({
      "current-context": "main",
      clusters: named("c", { cluster: { server: "https://api.example.com:6443", ...cluster } }),
      users: named("u", { user }),
      contexts: named("main", { context: { cluster: "c", user: "u" } }),
    }),
  );
  return loadCredentials({ kind: "kubeconfig", path, context }, { now });
}

describe("a kubeconfig", () => {
  it("gives a token and the cluster's certificate authority", async () => {
    const outcome = await kubeconfig({ "certificate-authority-data": btoa("PEM") }, { token: "abc" });

    expect(outcome).toMatchObject({ ok: true, value: { tls: { ca: "PEM" } } });
    expect(outcome.ok && (await outcome.value.token(0))).toBe("abc");
  });

  it("gives a client certificate, from files beside it", async () => {
    await writeFile(join(directory, "client.crt"), "CERT");
    await writeFile(join(directory, "client.key"), "KEY");

    const outcome = await kubeconfig({}, { "client-certificate": "client.crt", "client-key": "client.key" });

    expect(outcome).toMatchObject({ ok: true, value: { tls: { cert: "CERT", key: "KEY" } } });
  });

  it.each([
    [
      "certificate checks switched off",
      { cluster: { "insecure-skip-tls-verify": true }, user: {} },
      "insecure-skip-tls-verify",
    ],
    ["a program that makes tokens", { cluster: {}, user: { exec: { command: "login" } } }, "exec plugin"],
    ["an authentication provider", { cluster: {}, user: { "auth-provider": { name: "oidc" } } }, "auth-provider"],
    ["a password", { cluster: {}, user: { username: "admin", password: "secret" } }, "password"],
    ["impersonation", { cluster: {}, user: { as: "admin" } }, "impersonates"],
    ["a proxy", { cluster: { "proxy-url": "http://proxy" }, user: {} }, "proxy-url"],
    ["plain HTTP over the network", { cluster: { server: "http://10.0.0.1" }, user: {} }, "https://"],
    ["a file that is missing", { cluster: { "certificate-authority": "missing.crt" }, user: {} }, "ENOENT"],
  ])("is refused with %s", async (_, { cluster, user }, message) => {
    const outcome = await kubeconfig(cluster, user);

    expect(outcome.ok ? "" : outcome.error).toContain(message);
    expect(outcome.ok ? "" : outcome.error).not.toContain("secret");
  });

  it("is refused when it lacks the context that was asked for, and names those it has", async () => {
    const outcome = await kubeconfig({}, {}, "prod");

    expect(outcome).toEqual({ ok: false, error: "KUBECONFIG has no context prod; it has: main" });
  });
});

describe("a service account", () => {
  const inCluster = () =>
    loadCredentials({ kind: "in-cluster", host: "fd00::1", port: "443" }, { now, serviceAccountDirectory: directory });

  it("is read from its mount, and its token again once it is older than asked", async () => {
    await writeFile(join(directory, "ca.crt"), "PEM");
    await writeFile(join(directory, "token"), "first\n");
    const outcome = await inCluster();
    if (!outcome.ok) throw new Error(outcome.error);
    const { server, tls, token } = outcome.value;

    await writeFile(join(directory, "token"), "second\n");
    time = 59_999;
    expect(await token(60_000)).toBe("first");
    time = 60_000;
    expect(await token(60_000)).toBe("second");
    expect([server.href, tls]).toEqual(["https://[fd00::1]/", { ca: "PEM" }]);
  });

  it("that is not mounted stops the start", async () => {
    const outcome = await inCluster();

    expect(outcome.ok ? "" : outcome.error).toContain("automountServiceAccountToken");
  });
});
