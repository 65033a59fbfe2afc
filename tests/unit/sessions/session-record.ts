import type { SessionRecord } from "../../../server/sessions/session-book.ts";
import { userIdFromKey, userTag } from "../../../server/sessions/user-tag.ts";
import { defaultParams } from "../../../shared/protocol/analysis-params.ts";

export const USER_ID = userIdFromKey("k".repeat(43));
export const TAG = userTag(USER_ID);

export function sessionRecord(more: Partial<SessionRecord> = {}): SessionRecord {
  return {
    session_id: "session-of-a-test",
    technique: "swv",
    label: "my session",
    filters: { pattern: "swv_{n}.txt" },
    params: defaultParams("swv"),
    version: 1,
    last_version: 1,
    made_by: null,
    raw_gone: 0,
    previous: null,
    reanalysis: null,
    reanalysis_owes: false,
    state: "running",
    created_at_ms: 1_700_000_000_000,
    stopped_at_ms: null,
    stopped_because: null,
    folder_id: null,
    ...more,
  };
}
