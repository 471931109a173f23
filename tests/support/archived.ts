// An audit log that has arrived, in memory: the rows and checkpoints a test puts there, answered in pages as Postgres would.

import { checkpointStatement } from "../../src/audit/checkpoint.ts";
import { dayOf } from "../../src/audit/days.ts";
import { link, sha256 } from "../../src/audit/record.ts";
import { err, ok } from "../../src/result.ts";
import { START_MS, uuidOf } from "./clock.ts";
import type { Head } from "../../src/audit/checkpoint.ts";
import type { ArchivedCheckpoint, ArchivedRow, AuditArchive } from "../../src/ports/audit-archive.ts";
import type { DayRoot } from "../../src/ports/evidence.ts";
import type { UpstreamFailure } from "../../src/ports/failure.ts";

export const DOWN: UpstreamFailure = { kind: "upstream_unavailable", upstream: "postgres", message: "is down" };

type Key = readonly (string | number | boolean)[];

export class Archived {
  readonly rows: ArchivedRow[] = [];
  readonly checkpoints: ArchivedCheckpoint[] = [];
  readonly roots: DayRoot[] = [];
  /** What Postgres has for the time. */
  nowMs = START_MS;
  isDown = false;
  asked = 0;

  /** Rows of a new chain, linked as a journal links them; each arrives a second after it was written, unless it is said when. */
  chain(chainId: string, times: readonly number[], arrivedMs?: number): readonly ArchivedRow[] {
    let prevHash = sha256(chainId);
    const rows = times.map((atMs, index): ArchivedRow => {
      const [seq, ts, eventId] = [index + 1, new Date(atMs).toISOString(), uuidOf(this.rows.length + index + 1)];
      const record = JSON.stringify({ event_id: eventId, ts, chain_id: chainId, seq, action: "tool.call" });
      const hash = link(prevHash, record);
      const row = { chainId, seq, eventId, ts, ingestedAt: moment(arrivedMs ?? atMs + 1_000), prevHash, hash, record };
      prevHash = hash;
      return row;
    });
    this.rows.push(...rows);
    return rows;
  }

  checkpoint(head: Omit<Head, "hash" | "isFinal"> & Partial<Head>): ArchivedCheckpoint {
    const full = { hash: "h", isFinal: false, ...head };
    const made = { ...full, statement: checkpointStatement(full), kid: "k", signature: "s" };
    const stored = { ...made, storedAt: moment(full.tsMs) };
    this.checkpoints.push(stored);
    return stored;
  }

  readonly evidence = {
    putRoot: (root: DayRoot) => {
      if (this.isDown) return Promise.resolve(err(DOWN));
      if (!this.roots.some(({ day }) => day === root.day)) this.roots.push(root);
      return Promise.resolve(ok(undefined));
    },
  };

  readonly archive: AuditArchive = {
    arrived: ({ fromMs, toMs, after, limit }) => {
      const key = (row: Pick<ArchivedRow, "ingestedAt" | "eventId" | "ts">): Key => [
        row.ingestedAt,
        row.eventId,
        row.ts,
      ];
      const within = this.rows.filter(({ ingestedAt }) => ingestedAt >= moment(fromMs) && ingestedAt < moment(toMs));
      return this.#page(within, key, { after: after && key(after), limit });
    },
    rowsOfDay: ({ day, after, limit, arrived = { fromMs: 0, toMs: 8e15 } }) => {
      const key = (row: Pick<ArchivedRow, "chainId" | "seq" | "eventId" | "ts">): Key => [
        row.chainId,
        row.seq,
        row.eventId,
      ];
      const [from, to] = [moment(arrived.fromMs), moment(Math.min(arrived.toMs, 4e12))];
      const within = this.rows.filter(
        ({ ts, ingestedAt }) => ts.startsWith(day) && ingestedAt >= from && ingestedAt < to,
      );
      return this.#page(within, key, { after: after && key(after), limit });
    },
    hashesAt: (places) =>
      this.#answer(
        this.rows.filter((row) => places.some(({ chainId, seq }) => row.chainId === chainId && row.seq === seq)),
      ),
    predecessorHashes: (rows, signal) =>
      this.archive.hashesAt(
        rows.map(({ chainId, seq }) => ({ chainId, seq: seq - 1 })),
        signal,
      ),
    checkpointsArrived: ({ fromMs, toMs, after, limit }) => {
      const key = ({ storedAt, ...one }: ArchivedCheckpoint): Key => [storedAt, ...placeOf(one)];
      const within = this.checkpoints.filter(({ storedAt }) => storedAt >= moment(fromMs) && storedAt < moment(toMs));
      return this.#page(within, key, { after: after && key(after), limit });
    },
    checkpointsOfDay: ({ day, after, limit }) =>
      this.#page(this.#of(day), placeOf, { after: after && placeOf(after), limit }),
    lastCheckpointsOfDay: ({ day, after, limit }) => {
      const last = new Map(
        this.#of(day)
          .toSorted((one, other) => compare(placeOf(one), placeOf(other)))
          .map((checkpoint) => [checkpoint.chainId, checkpoint]),
      );
      return this.#page([...last.values()], ({ chainId }) => [chainId], {
        after: after === undefined ? after : [after],
        limit,
      });
    },
    roots: ({ fromDay, toDay }) =>
      this.#answer(
        this.roots.filter(({ day }) => day >= fromDay && day <= toDay).toSorted((a, b) => compare([a.day], [b.day])),
      ),
    lastRoot: () => this.#answer(this.roots.toSorted((a, b) => compare([a.day], [b.day])).at(-1)),
    daysArrived: ({ fromMs, toMs }) => {
      const arrived = this.rows.filter(({ ingestedAt }) => ingestedAt >= moment(fromMs) && ingestedAt < moment(toMs));
      return this.#answer([...new Set(arrived.map(({ ts }) => ts.slice(0, 10)))].toSorted());
    },
    bounds: () =>
      this.#answer({
        nowMs: this.nowMs,
        firstRowDay: this.rows.map(({ ts }) => ts.slice(0, 10)).toSorted()[0],
        firstCheckpointDay: this.checkpoints.map(({ tsMs }) => dayOf(tsMs)).toSorted()[0],
        lastCheckpointAtMs:
          this.checkpoints.length === 0 ? undefined : Math.max(...this.checkpoints.map(({ tsMs }) => tsMs)),
        quarantined: 0,
      }),
  };

  #of(day: string): readonly ArchivedCheckpoint[] {
    return this.checkpoints.filter(({ tsMs }) => dayOf(tsMs) === day);
  }

  #page<T>(
    entries: readonly T[],
    key: (entry: T) => Key,
    { after, limit }: { readonly after: Key | undefined; readonly limit: number },
  ) {
    const ordered = entries.toSorted((one, other) => compare(key(one), key(other)));
    return this.#answer(ordered.filter((entry) => !after || compare(key(entry), after) > 0).slice(0, limit));
  }

  #answer<T>(value: T) {
    this.asked += 1;
    return Promise.resolve(this.isDown ? err(DOWN) : ok(value));
  }
}

function moment(atMs: number): string {
  return new Date(atMs).toISOString().replace("Z", "000Z");
}

function placeOf({ chainId, seq, isFinal }: Pick<ArchivedCheckpoint, "chainId" | "seq" | "isFinal">): Key {
  return [chainId, seq, isFinal];
}

function compare(one: Key, other: Key): number {
  for (const [index, part] of one.entries()) {
    const against = other[index] ?? "";
    if (part !== against) return part < against ? -1 : 1;
  }
  return 0;
}
