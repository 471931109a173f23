// No secret comes out of the logs, whatever stands around it, however the bytes arrive, and whatever is asked.
import { describe, expect, it } from "vitest";
import { createRedactor } from "../../src/redact/redact.ts";
import { seeded } from "../../../tests/support/seeded.ts";
import { planted, privateKey } from "../redact/planted.ts";
import { lines, logCluster, patterns, found, search, stamped } from "./log-cluster.ts";

import type { Random } from "../redact/planted.ts";
import type { Reply } from "../api-server.ts";

const AROUND = [
  "",
  " ",
  '"',
  "(",
  "\t",
  ",",
  "…",
  "日本",
  "}",
  ";",
  "|",
  "INFO ",
  "msg=",
  "\u001b[31m",
  "\u200b",
  "\r",
  "🚀",
];
const PIECE = 8;

/** Every piece of a secret: half of one is a leak as well. */
function pieces(secret: string): readonly string[] {
  return Array.from({ length: Math.max(1, secret.length - PIECE + 1) }, (_, at) => secret.slice(at, at + PIECE));
}

interface PlantedLog {
  readonly reply: Reply;
  readonly secrets: readonly string[];
}

function plantedLog(random: Random): PlantedLog {
  const pick = () => AROUND[random(AROUND.length)] ?? "";
  const filler = () => "lorem ipsum ".repeat(random(400) === 0 ? 2_000 : random(5));
  const singles = planted(random).map(({ line, secret }) => ({
    text: `${filler()}${pick()}${pick()} ${line} ${pick()}${filler()}`,
    secret,
  }));
  const key = privateKey(random);
  const written = [...singles.map(({ text }) => text), "ERROR cannot parse:", ...key.lines, "INFO after the key"];
  const bytes = Buffer.from(written.map((line, index) => stamped(line, written.length - index)).join(""));
  return { reply: inPieces(bytes, random), secrets: [...singles.map(({ secret }) => secret), ...key.body] };
}

/** As a network may cut it: also inside of a character, and inside of a secret. */
function inPieces(bytes: Buffer, random: Random): Reply {
  return (response) => {
    response.writeHead(200, { "content-type": "text/plain" });
    for (let from = 0; from < bytes.length;) {
      const to = from + 1 + random(3_000);
      response.write(bytes.subarray(from, to));
      from = to;
    }
    response.end();
  };
}

describe("a secret in a log", () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])("reaches no answer, nor does a piece of it, in round %j", async (seed) => {
    const random = seeded(seed);
    const logs = { "web-1/app": plantedLog(random), "web-2/app": plantedLog(random) };
    const { reading } = await logCluster({
      "web-1/app": logs["web-1/app"].reply,
      "web-2/app": logs["web-2/app"].reply,
    });

    const answers = JSON.stringify([
      found(await search(reading, { limit: 1_000 })),
      found(await search(reading, { order: "oldest", limit: 3, context: 5, filter: "REDACTED" })),
      found(await search(reading, { dedupe: true, limit: 1_000 })),
      found(await patterns(reading)),
    ]);

    const leaked = [...logs["web-1/app"].secrets, ...logs["web-2/app"].secrets].filter((secret) =>
      pieces(secret).some((piece) => answers.includes(piece)),
    );
    expect(leaked).toEqual([]);
    expect(answers).toContain("[REDACTED:private_key]");
    expect(answers).toContain("INFO after the key");
  });

  it("is found by no filter: what matches only what was taken out matches nothing", async () => {
    const secrets = planted(seeded(9));
    const { reading } = await logCluster({ "web-1/app": lines(...secrets.map(({ line }) => line)) });

    for (const { secret } of secrets) {
      for (const filter of [literal(secret), literal(secret.slice(0, PIECE)), literal(secret.slice(-PIECE))]) {
        expect(found(await search(reading, { filter })).summary.matched).toBe(0);
      }
    }
  });

  it("cannot be asked after letter by letter: every guess is answered the same", async () => {
    const secret = "q7Kf2mZx9w";
    const { reading } = await logCluster({ "web-1/app": lines(`login password=${secret}`, "INFO other") });
    const answer = async (asked: object) => {
      const { lines: shown, summary } = found(await search(reading, asked));
      return { shown, matched: summary.matched, levels: summary.levels, bytes: summary.scanned_bytes };
    };

    for (const filter of ["password=q", "password=x", "password=q7|REDACTED"]) {
      const guess = filter.replace("q7", "x9").replace("=q", "=x");
      expect(await answer({ filter })).toEqual(await answer({ filter: guess }));
      expect(await answer({ exclude: filter })).toEqual(await answer({ exclude: guess }));
    }
  });

  it("of a deployment's own shape is taken out before anything is matched", async () => {
    const { reading } = await logCluster({ "web-1/app": lines("paid with ACME-123456789012 today") });
    const ours = { ...reading, redact: createRedactor(["ACME-[0-9]{12}"]) };

    expect(found(await search(ours)).lines).toMatchObject([{ line: "paid with [REDACTED:custom] today" }]);
    expect(found(await search(ours, { filter: "ACME-1" })).summary.matched).toBe(0);
  });
});

function literal(text: string): string {
  return text.replace(/[^\w]/g, "\\$&");
}
