import type { AgentRegistry } from "../sessions/agent-registry.ts";
import type { SessionBook, SessionRecord } from "../sessions/session-book.ts";
import type { UserTag } from "../sessions/user-tag.ts";

/** One session of the store, with where its log stands. */
export interface CountedSession {
  readonly tag: UserTag;
  readonly session: SessionRecord;
  readonly head: number;
}

interface CensusParts {
  readonly registry: AgentRegistry;
  readonly book: SessionBook;
}

/** All sessions of all agents that this store knows, agent by agent. One reading of records and one of heads each. */
export async function* census({ registry, book }: CensusParts): AsyncGenerator<CountedSession> {
  for (const tag of await registry.tags()) {
    const records = await book.list(tag);
    const heads = new Map(
      (await book.summaries(tag, records)).map(({ session_id, head }) => [session_id, head]),
    );
    for (const session of records) yield { tag, session, head: heads.get(session.session_id) ?? 0 };
  }
}
