import { describe, expect, test } from "vitest";
import { RESULT_KINDS } from "../../shared/protocol/log-tables.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { readyExport } from "../support/ready-export.ts";

/** A CSV without quoted line ends, as records by column name. */
function readCsv(text: string): Record<string, string>[] {
  const [head = "", ...lines] = text.trimEnd().split("\r\n");
  const names = head.split(",");
  return lines.map((line) => {
    const cells = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
      (cell) => cell[1]?.replaceAll('""', '"') ?? cell[2] ?? "",
    );
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ""]));
  });
}

async function startScene(now: () => number = Date.now) {
  const hub = await startHub({ now });
  const agent = await startRawAgent(hub.url);
  const viewer = await startRawViewer(hub.url);
  const user_id = agent.userId;
  await viewer.ask("join", { user_id });
  const start = { user_id, filters: { pattern: "{*}_{n}.txt" }, analysisParams: {}, label: "Drug A / 37 °C" };
  const { session } = await viewer.ask("start_analysis_session", start);
  const { session_id } = session;
  const log = () => viewer.log(user_id, session_id);
  return {
    hub,
    viewer,
    user_id,
    session_id,
    log,
    send: (name: string, content: Uint8Array) => agent.send(session_id, name, content),
  };
}

describe("the CSV export", () => {
  test("has a row per file and electrode, and its numbers are the log's to the last bit", async () => {
    const { hub, viewer, user_id, session_id, log, send } = await startScene();
    for (let n = 1; n <= 5; n++) await send(`swv_${n}.txt`, simulatedFile(n));
    await send("swv_2.txt", simulatedFile(22));
    await send("=cmd()_6.txt", new TextEncoder().encode('no "measurement", really\r\n'));
    const { path, filename } = readyExport(await viewer.ask("request_export_data", { user_id }));
    expect(filename).toBe("benchcast-Drug_A_37_C.csv");
    const response = await fetch(hub.url + path);
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const rows = readCsv(await response.text());
    const { results, names } = await log();

    const withNumbers = rows.filter((row) => row.electrode !== "");
    expect(withNumbers).toHaveLength(results.length);
    for (const [index, result] of results.entries()) {
      const row = withNumbers[index];
      expect(row?.file).toBe(names[result.offset]);
      expect(Number(row?.peak_height_a)).toBe(result.peak_height_a);
      expect(Number(row?.peak_potential_v)).toBe(result.peak_potential_v);
      expect(Number(row?.half_width_v)).toBe(result.half_width_v);
      expect(row?.outcome).toBe(RESULT_KINDS[result.kind]);
      expect(row?.method).toBe("hull");
    }
    expect(rows.filter((row) => row.file === "swv_2.txt").map((row) => row.superseded)).toContain("true");
    const failed = rows.find((row) => row.outcome === "failed");
    expect(failed).toMatchObject({
      file: "'=cmd()_6.txt",
      peak_height_a: "",
      note: expect.stringMatching(/\w/),
    });

    const direct = await fetch(`${hub.url}/api/sessions/${session_id}/export.csv`, {
      headers: { authorization: `Bearer ${user_id}` },
    });
    expect(readCsv(await direct.text())).toEqual(rows);
  });

  test("is only given to who may have it", async () => {
    const { hub, viewer, user_id, session_id } = await startScene();
    const stranger = await startRawAgent(hub.url);
    const url = `${hub.url}/api/sessions/${session_id}/export.csv`;
    const ask = async (authorization?: string) => {
      const response = await fetch(url, authorization === undefined ? {} : { headers: { authorization } });
      return [response.status, ((await response.json()) as { error: { code: string } }).error.code];
    };
    expect(await ask()).toEqual([400, "user_id_required"]);
    expect(await ask("Bearer 7k2m-9xqd")).toEqual([400, "invalid_user_id"]);
    expect(await ask(`Bearer ${stranger.userId}`)).toEqual([404, "session_not_found"]);

    const { path } = readyExport(await viewer.ask("request_export_data", { user_id, session_id }));
    const forged = path.slice(0, -2) + (path.endsWith("AA") ? "BB" : "AA");
    expect((await fetch(hub.url + forged)).status).toBe(404);
    expect((await fetch(`${hub.url}/api/exports/x`)).status).toBe(404);
  });

  test("comes through a link that stops working after ten minutes", async () => {
    let now = Date.now();
    const { hub, viewer, user_id } = await startScene(() => now);
    const { path } = readyExport(await viewer.ask("request_export_data", { user_id }));
    now += 9 * 60_000;
    expect((await fetch(hub.url + path)).status).toBe(200);
    now += 2 * 60_000;
    const late = await fetch(hub.url + path);
    expect(late.status).toBe(410);
    expect(await late.json()).toMatchObject({ error: { code: "link_expired" } });
  });
});
