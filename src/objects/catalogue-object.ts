// The Durable Object of the whole deployment: how its tools are set, and which sessions must hear of a change.

import { DurableObject } from "cloudflare:workers";
import { SqlitePresences } from "../adapters/sqlite-presences.ts";
import { withDeadline } from "../deadline.ts";
import { ToolSetting } from "../ports/tool-settings.ts";
import { deployment } from "./deployment.ts";
import { Paced } from "./paced.ts";
import type { Presence, SessionList, SessionsAsked } from "../ports/live-sessions.ts";
import type { Census } from "../ports/metrics.ts";
import type { ToolSettings } from "../ports/tool-settings.ts";
import type { SessionObject } from "./session-object.ts";

/** Sessions asked at the same time: enough to be quick, few enough not to flood. */
const FAN_OUT = 50;
const TELL_EVERY_MS = 1_000;
/** What counts as having opened just now; of more than this nobody needs the exact number. */
const RECENT = { ms: 60_000, most: 10_000 };
/** One that does not answer finds out by itself within half a minute. */
const KEY_ENDED_TIMEOUT_MS = 5_000;

export class CatalogueObject extends DurableObject<Env> implements SessionList {
  readonly #presences: SqlitePresences;
  /** Forgotten with a sleep, which takes longer to come than most of them are old. */
  #openedAtMs: readonly number[] = [];
  readonly #tell = new Paced(TELL_EVERY_MS, () => this.ctx.waitUntil(this.#tellPages()));

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec(`
      create table if not exists settings (tool text primary key, setting text not null) strict, without rowid;
      create table if not exists sessions (id text primary key) strict, without rowid;`);
    this.#presences = new SqlitePresences(ctx.storage.sql);
  }

  /** A session that opens learns how the tools are set, and will hear when that changes. */
  register(sessionId: string, presence?: Presence): ToolSettings {
    this.ctx.storage.sql.exec("insert or ignore into sessions (id) values (?)", sessionId);
    this.#openedAtMs = [...this.#recent(), deployment.now()].slice(-RECENT.most);
    this.#tell.ask();
    if (presence) this.#presences.put(presence);
    return this.#settings();
  }

  /** For whoever is no session, and asks again before every step. */
  settingsNow(): ToolSettings {
    return this.#settings();
  }

  unregister(sessionId: string): void {
    this.ctx.storage.sql.exec("delete from sessions where id = ?", sessionId);
    this.#presences.forget(sessionId);
    this.#tell.ask();
  }

  census(): Census {
    const [row] = this.ctx.storage.sql.exec<{ registered: number }>("select count(*) as registered from sessions");
    return { registered: row?.registered ?? 0, opened: this.#recent().length };
  }

  present(asked: SessionsAsked): Promise<{ sessions: readonly Presence[]; total: number }> {
    return Promise.resolve(this.#presences.list(asked));
  }

  presence(sessionId: string): Promise<Presence | undefined> {
    return Promise.resolve(this.#presences.find(sessionId));
  }

  async keyEnded(keyId: string, principalId: string): Promise<void> {
    // A session never changes hands, but it may have been given another key of the same hands since it opened.
    await this.#askEach(this.#presences.of(principalId), async (session) => {
      const told = await withDeadline(KEY_ENDED_TIMEOUT_MS, undefined, () => session.keyEnded(keyId));
      return !told.ok || told.value;
    });
  }

  /** Replaces the setting of one tool, `{}` removing it, and resolves when every open session has been told. */
  async change(tool: string, setting: ToolSetting): Promise<ToolSettings> {
    const { sql } = this.ctx.storage;
    if (Object.keys(setting).length === 0) sql.exec("delete from settings where tool = ?", tool);
    else sql.exec("insert or replace into settings (tool, setting) values (?, ?)", tool, JSON.stringify(setting));

    const settings = this.#settings();
    await this.#ask((session) => session.settingsChanged(settings));
    return settings;
  }

  /** Once a night: sessions that ended without a word are ended properly and forgotten. */
  async sweep(): Promise<void> {
    await this.#ask((session) => session.tidy());
  }

  /** Asks every session something that it answers with whether it still lives. */
  async #ask(question: (session: DurableObjectStub<SessionObject>) => Promise<boolean>): Promise<void> {
    const sessions = Array.from(this.ctx.storage.sql.exec<{ id: string }>("select id from sessions"), ({ id }) => id);
    await this.#askEach(sessions, question);
  }

  async #askEach(
    sessions: readonly string[],
    question: (session: DurableObjectStub<SessionObject>) => Promise<boolean>,
  ) {
    for (let first = 0; first < sessions.length; first += FAN_OUT) {
      await Promise.all(sessions.slice(first, first + FAN_OUT).map((id) => this.#askOne(id, question)));
    }
  }

  async #askOne(sessionId: string, question: (session: DurableObjectStub<SessionObject>) => Promise<boolean>) {
    try {
      if (!(await question(this.env.SESSION.getByName(sessionId)))) this.unregister(sessionId);
    } catch {
      // A session that restarts at this moment has lost its socket with it, and registers anew when its agent returns.
      this.unregister(sessionId);
    }
  }

  #recent(): readonly number[] {
    return this.#openedAtMs.filter((atMs) => deployment.now() - atMs < RECENT.ms);
  }

  async #tellPages(): Promise<void> {
    try {
      await this.env.METRICS.getByName("deployment").changed("sessions");
    } catch {
      // A page that is not told looks again by itself, later.
    }
  }

  #settings(): ToolSettings {
    const rows = Array.from(this.ctx.storage.sql.exec<{ tool: string; setting: string }>("select * from settings"));
    return Object.fromEntries(rows.map(({ tool, setting }) => [tool, ToolSetting().parse(JSON.parse(setting))]));
  }
}
