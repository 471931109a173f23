// No secret of a known shape comes out, and ordinary text comes out as it went in.
import { describe, expect, it } from "vitest";
import { countRedactions } from "../../src/redact/answer.ts";
import { createRedactor, lineRedactor, redact } from "../../src/redact/redact.ts";
import { safe } from "../../src/safe.ts";
import { seeded } from "../../../tests/support/seeded.ts";
import { planted, privateKey } from "./planted.ts";

const EXAMPLES = planted(seeded(1));

describe("a secret", () => {
  it("is tried in this many shapes", () => {
    expect(EXAMPLES).toHaveLength(83);
  });

  it.each(EXAMPLES.map(({ kind, line, secret }) => [kind, line, secret] as const))(
    "of kind %s is taken out of: %s",
    (kind, line, secret) => {
      const redacted = redact(line);

      expect(redacted).not.toContain(secret);
      expect(redacted).toContain(`[REDACTED:${kind}]`);
      // What stands before it says what it was, and stays.
      expect(redacted.slice(0, 3)).toBe(line.slice(0, 3));
    },
  );

  it("leaves nothing behind, whatever stands around it, however often it is tried", () => {
    const random = seeded(2);
    const around = [
      "",
      " ",
      '"',
      "'",
      "(",
      "[",
      "\t",
      "=",
      ",",
      "…",
      "日本",
      "\\n",
      "}",
      ";",
      "&",
      "|",
      "2026-01-01T00:00:00Z ",
    ];
    const pick = () => around[random(around.length)] ?? "";
    const leaks: string[] = [];

    for (let round = 0; round < 40; round++) {
      for (const { line, secret } of planted(random)) {
        const text = `${pick()}${pick()} ${line} ${pick()}${pick()}`;
        if (redact(text).includes(secret)) leaks.push(text);
      }
    }

    expect(leaks).toEqual([]);
  });

  it("is not brought back by a second pass, nor is the mark redacted", () => {
    for (const { line } of EXAMPLES) expect(redact(redact(line))).toBe(redact(line));
  });

  it("is found although invisible characters were put into its name", () => {
    expect(safe("pass\u200bword=hunter\u202e2x7 \u001b[31mdone", 100)).toBe("password=[REDACTED:secret] done");
  });

  it("is not left in half by a cut", () => {
    const line = `password=${"a7".repeat(50)} and more`;

    for (let length = 10; length < 60; length++) expect(safe(line, length)).not.toContain("a7");
  });

  it("is counted by its kind", () => {
    const answer = { lines: [redact("password=hunter2x password=hunter3x"), redact("Cookie: sid=12345")] };

    expect(countRedactions(answer)).toEqual({ secret: 2, cookie: 1 });
  });
});

describe("ordinary text", () => {
  const ORDINARY = [
    "tokenizer=bert-base tokens=1500 max_tokens: 100",
    "secretName: app-config",
    "unexpected token: string at line 3",
    'MountVolume.SetUp failed for volume "token" : secret "db-credentials" not found',
    "basic authentication is disabled",
    "authorization: denied by policy",
    "the bearer of bad news",
    "tests pass: 12 fail: 0",
    "GET http://shop.svc:8080/path?email=someone@example 200",
    "Back-off restarting failed container app in pod catalog-5d9c4c8c9f-2xk8p",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "password=null token=true secret=${DB_SECRET}",
    "key=value&page=2",
    "passwordless login enabled",
    "imagePullSecrets: regcred",
    "secrets: 12 found",
    "https://example.org:443/a/b@2x.png",
    "image registry.example/shop/api@sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9",
    "cookies accepted",
    "risk-based task-queue sk-short",
  ];

  it("is looked at in this many lines", () => {
    expect(ORDINARY).toHaveLength(20);
  });

  it.each(ORDINARY)("stays as it is: %s", (line) => {
    expect(redact(line)).toBe(line);
  });
});

describe("a private key", () => {
  const { lines, body } = privateKey(seeded(3));

  it("in one text is one mark", () => {
    expect(redact(`before ${lines.join("\n")} after`)).toBe("before [REDACTED:private_key] after");
    expect(redact(`key: ${lines.join("\\n")}"`)).not.toMatch(
      new RegExp(body.map((one) => one.slice(0, 12).replace(/[+/]/g, ".")).join("|")),
    );
  });

  it.each([
    ["alone", "", ""],
    ["after what a logger writes before it", "2026-11-23 INFO  key | ", ""],
    ["in records of JSON", '{"level":"info","msg":"', '\\n"}'],
    ["in records of JSON with more behind it", '{"msg":"', '","i":1}'],
    ["in records of logfmt", 'level=info msg="', '"'],
  ])("over many lines, %s, is hidden until its end and no further", (_, prefix, suffix) => {
    const redactLine = lineRedactor(redact);

    const shown = ["loading", ...lines.map((line) => prefix + line + suffix), "loaded"].map(redactLine);

    expect(shown[0]).toBe("loading");
    expect(shown.at(-1)).toBe("loaded");
    expect(body.filter((line) => shown.join("\n").includes(line.slice(0, 12)))).toEqual([]);
  });

  it("goes on behind a line that another program wrote in between", () => {
    const redactLine = lineRedactor(redact);
    const mixed = [...lines.slice(0, 3), "GET /health 200", ...lines.slice(3)];

    const shown = mixed.map(redactLine);

    expect(shown).toContain("GET /health 200");
    expect(body.filter((line) => shown.join("\n").includes(line.slice(0, 12)))).toEqual([]);
  });

  it("that never ends does not hide what comes after", () => {
    const redactLine = lineRedactor(redact);
    const [begin = ""] = lines;

    const shown = [begin, "an ordinary line of the program", "another one"].map(redactLine);

    expect(shown.slice(1)).toEqual(["an ordinary line of the program", "another one"]);
  });
});

describe("a deployment's own patterns", () => {
  it("are redacted besides what everyone's are", () => {
    const own = createRedactor(["ACME-[0-9]{6}"]);

    expect(own("customer ACME-123456 password=hunter2x")).toBe("customer [REDACTED:custom] password=[REDACTED:secret]");
  });
});

describe("a hostile text", () => {
  const HOSTILE = [
    "password=".repeat(7_000),
    `password="${"\\".repeat(60_000)}`,
    "-----BEGIN PRIVATE KEY".repeat(2_500),
    `${"a".repeat(60_000)}://`,
    `://${":".repeat(60_000)}@`,
    `eyJ${"a".repeat(60_000)}`,
    "eyJaaaaaaaaa.".repeat(4_000),
    `authorization:${" ".repeat(60_000)}`,
    `cookie: ${"a".repeat(60_000)}`,
    "token: ".repeat(8_000),
    `${"user:".repeat(10_000)}@tcp(`,
    `--${"token ".repeat(9_000)}`,
  ];

  it.each(HOSTILE.map((text) => [text.slice(0, 24), text] as const))("of the shape %s… is done with", (_, text) => {
    // Were a rule to run away, this would not end within the test's own limit of five seconds.
    expect(redact(text).length).toBeGreaterThan(0);
  });
});
