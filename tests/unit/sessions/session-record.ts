import type { SessionRecord } from "../../../server/sessions/session-book.ts";
import { userIdFromKey, userTag } from "../../../server/sessions/user-tag.ts";
import { DEFAULT_SWV_PARAMS } from "../../../shared/electrochem/swv.ts";
import { SwvAnalysisParams } from "../../../shared/protocol/session.ts";

export const USER_ID = userIdFromKey("k".repeat(43));
export const TAG = userTag(USER_ID);

export function sessionRecord(more: Partial<SessionRecord> = {}): SessionRecord {
  return {
    session_id: "session-of-a-test",
    technique: "swv",
    label: "my session",
    filters: { pattern: "swv_{n}.txt" },
    params: SwvAnalysisParams.parse(DEFAULT_SWV_PARAMS),
    version: 1,
    state: "running",
    created_at_ms: 1_700_000_000_000,
    stopped_at_ms: null,
    ...more,
  };
}
