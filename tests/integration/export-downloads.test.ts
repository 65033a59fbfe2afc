import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { describe, expect, onTestFinished, test } from "vitest";
import { logKey } from "../../server/sessions/session-book.ts";
import { userTag } from "../../server/sessions/user-tag.ts";
import { ExportFormat } from "../../shared/protocol/export-format.ts";
import type { ExportManifest } from "../../shared/protocol/export-manifest.ts";
import { TrendParams } from "../../shared/protocol/trend-params.ts";
import { formatUserId, type UserId } from "../../shared/protocol/user-id.ts";
import { type AnalysisScene, startAnalysis } from "../support/analysis-scene.ts";
import { simulatedFile } from "../support/fixtures.ts";
import type { TestHub } from "../support/hub.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { readZip } from "../support/read-zip.ts";
import { readyExport } from "../support/ready-export.ts";

type Scene = AnalysisScene & { readonly hub: TestHub };

const file = (n: number) => simulatedFile(n, { step_v: 0.005 });

/** A download that has begun and is being read. */
async function begun(url: string, authorization?: string): Promise<IncomingMessage> {
  const request = get(url, { headers: authorization === undefined ? {} : { authorization } });
  const [response] = (await once(request, "response")) as [IncomingMessage]; // the event's one argument
  onTestFinished(() => void response.destroy());
  return response.resume();
}

/** From now on the store gives no instrument file until it is released: whoever reads one is in the middle of it. */
function holdFiles({ hub: { store } }: TestHub): () => void {
  const { readRaw } = store;
  const waiting: (() => void)[] = [];
  const held: typeof readRaw = async (log, offset) => {
    await new Promise<void>((go) => void waiting.push(go));
    return readRaw(log, offset);
  };
  const release = () => {
    Object.assign(store, { readRaw });
    for (const go of waiting) go();
  };
  Object.assign(store, { readRaw: held });
  onTestFinished(release);
  return release;
}

async function linkFor({ viewer, user_id }: Scene, role: "view" | "control") {
  const wish = { user_id, role, label: "guest", expires_in_s: null };
  return viewer.ask("create_share_link", wish);
}

function fetchAs({ hub, session_id }: Scene, credential: string, ending: string): Promise<Response> {
  const headers = { authorization: `Bearer ${credential}` };
  return fetch(`${hub.url}/api/sessions/${session_id}/export.${ending}`, { headers });
}

describe("a download", () => {
  test("ends within 2 s when the link that it came by is revoked, short of its end and not as if it were whole", async () => {
    const scene = await startAnalysis();
    const { hub, viewer, user_id, session_id } = scene;
    for (let n = 1; n <= 3; n++) await scene.send(`swv_${n}.txt`, file(n));
    const { token, link } = await linkFor(scene, "view");
    const guest = await startRawViewer(hub.url);
    const { user_id: handle } = await guest.ask("join", { share_token: token });
    const wish = { user_id: handle, session_id, format: "zip" } as const;
    const { path } = readyExport(await guest.ask("request_export_data", wish));
    const release = holdFiles(hub);
    const zip = `${hub.url}/api/sessions/${session_id}/export.zip`;
    const byLink = await begun(`${hub.url}${path}`);
    const byToken = await begun(zip, `Bearer ${token}`);
    const own = await begun(zip, `Bearer ${user_id}`);
    const cut = [byLink, byToken].map((response) => once(response, "error"));
    const revokedAt = hub.hub.now();
    await viewer.ask("revoke_share_link", { user_id, link_id: link.link_id });
    for (const [error] of await Promise.all(cut)) expect(error).toMatchObject({ message: "aborted" });
    expect(hub.hub.now() - revokedAt).toBeLessThan(2_000);
    // The User ID's own goes on to its end.
    release();
    await once(own, "end");
    expect(own.complete).toBe(true);
  });

  test("is one of eight at most for one agent; more are asked to come again", async () => {
    const scene = await startAnalysis();
    const { hub, session_id, user_id } = scene;
    await scene.send("swv_1.txt", file(1));
    const release = holdFiles(hub);
    const zip = `${hub.url}/api/sessions/${session_id}/export.zip`;
    const running = await Promise.all(Array.from({ length: 8 }, () => begun(zip, `Bearer ${user_id}`)));
    expect(running.map(({ statusCode }) => statusCode)).toEqual(Array(8).fill(200));
    const refused = await fetchAs(scene, user_id, "csv");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "5"]);
    expect(await refused.json()).toMatchObject({
      error: { code: "too_many_requests", message: expect.stringMatching(/Try again in a moment/) },
    });
    release();
    await Promise.all(running.map((response) => once(response, "end")));
    await expect.poll(async () => (await fetchAs(scene, user_id, "csv")).status).toBe(200);
  });

  test("of a run that goes on ends where it stood when it was asked for, and says where", async () => {
    const scene = await startAnalysis();
    const { hub, session_id, user_id, send } = scene;
    for (let n = 1; n <= 5; n++) await send(`swv_${n}.txt`, file(n));
    const release = holdFiles(hub);
    const zip = fetchAs(scene, user_id, "zip").then(async (response) => {
      return { response, bytes: Buffer.from(await response.arrayBuffer()) };
    });
    const head = await fetch(`${hub.url}/api/sessions/${session_id}/export.zip`, {
      method: "HEAD",
      headers: { authorization: `Bearer ${user_id}` },
    });
    expect(head.headers.get("x-benchcast-end")).toBe("5");
    await expect.poll(() => hub.hub.exports.size).toBe(1);
    for (let n = 6; n <= 8; n++) await send(`swv_${n}.txt`, file(n));
    release();
    const { response, bytes } = await zip;
    const packed = readZip(bytes);
    expect(response.headers.get("x-benchcast-end")).toBe("5");
    const manifest = JSON.parse(String(packed.get("manifest.json")));
    expect(manifest).toMatchObject({ log: { since: 0, end: 5 }, rows: 10, complete: true });
    expect([...packed.keys()].filter((name) => name.startsWith("files/"))).toHaveLength(5);
    expect(String(packed.get("results.csv")).trimEnd().split("\r\n")).toHaveLength(1 + 10);
    const epoch = response.headers.get("x-benchcast-epoch");
    const rest = await (await fetchAs(scene, user_id, `json?since=5&epoch=${epoch}`)).json();
    expect(rest).toMatchObject({ manifest: { log: { since: 5, end: 8 }, complete: false } });
    expect((rest as { rows: unknown[] }).rows).toHaveLength(6);
  });
});

describe("an export that goes on from where the last one ended", () => {
  test("brings the pair's numbers with its later file, whichever frequency that is", async () => {
    const scene = await startAnalysis({ pattern: "swv_{f}Hz_{n}.txt" });
    const { viewer, user_id, session_id } = scene;
    const trend_params = TrendParams.parse({ reference: { from: 1, to: 1 } });
    await viewer.ask("set_trend_params", { user_id, session_id, trend_params });
    const send = (frequencyHz: number, n: number) =>
      scene.send(`swv_${frequencyHz}Hz_${n}.txt`, simulatedFile(n, { frequencyHz, step_v: 0.005 }));
    let since = 0;
    const fetched: { rows: unknown[][]; columns: string[]; manifest: ExportManifest }[] = [];
    const tables: string[][] = [];
    const fetchOn = async () => {
      const sacmes = await fetchAs(scene, user_id, `sacmes.txt?since=${since}`);
      const response = await fetchAs(scene, user_id, `json?since=${since}`);
      since = Number(response.headers.get("x-benchcast-end"));
      tables.push((await sacmes.text()).trimEnd().split("\r\n"));
      fetched.push((await response.json()) as (typeof fetched)[number]); // as write-json.ts makes it
    };
    for (const hz of [15, 200]) await send(hz, 1);
    await send(200, 2);
    await fetchOn();
    await send(15, 2);
    await fetchOn();
    const [first, second] = fetched;
    const kdms = fetched.map(({ rows, columns }) => rows.map((row) => row[columns.indexOf("kdm")]));
    const value = expect.any(Number);
    expect(kdms).toEqual([
      [null, null, 1, 1, null, null],
      [value, value],
    ]);
    const whole = (await (await fetchAs(scene, user_id, "json")).json()) as (typeof fetched)[number];
    expect([...(first?.rows ?? []), ...(second?.rows ?? [])]).toEqual(whole.rows);
    expect(second?.manifest.remarks).toEqual([expect.stringMatching(/row of its pair's later logged file/)]);
    expect(second?.manifest.trends?.pair_values).toMatch(/logged later/);
    // The row of the second round was fetched half, and comes again whole.
    expect(tables.map((lines) => lines.slice(1).map((line) => line.split(" ")[0]))).toEqual([
      ["1", "2"],
      ["2"],
    ]);
    expect(tables[0]?.[2]).toContain("nan");
    expect(tables[1]?.[1]).not.toContain("nan");
  });
});

describe("what stands in an export", () => {
  test("a ZIP says which of the instrument's files are no longer kept, and that it is not complete", async () => {
    const scene = await startAnalysis();
    const { hub, user_id, session_id, send } = scene;
    for (let n = 1; n <= 3; n++) await send(`swv_${n}.txt`, file(n));
    const key = logKey(userTag(user_id as UserId), session_id); // as the hub gave it
    const { readRaw } = hub.hub.store;
    Object.assign(hub.hub.store, {
      readRaw: (log: typeof key, offset: number) =>
        offset === 1 ? Promise.resolve(null) : readRaw(log, offset),
    });
    const bytes = Buffer.from(await (await fetchAs(scene, user_id, "zip")).arrayBuffer());
    const packed = readZip(bytes);
    const manifest = JSON.parse(String(packed.get("manifest.json")));
    expect([...packed.keys()]).toEqual([
      "results.csv",
      "files/swv_1.txt",
      "files/swv_3.txt",
      "manifest.json",
    ]);
    expect(manifest).toMatchObject({ complete: false, rows: 6 });
    expect(manifest.missing).toEqual([expect.stringMatching(/^1 instrument file/)]);
    const paths = manifest.raw_files.map(({ path }: { path: string | null }) => path);
    expect(paths).toEqual(["files/swv_1.txt", null, "files/swv_3.txt"]);
  });

  test.each(["view", "control"] as const)(
    "no format says the User ID to who came by a %s link",
    async (role) => {
      const scene = await startAnalysis();
      const { user_id, send } = scene;
      for (let n = 1; n <= 2; n++) await send(`swv_${n}.txt`, file(n));
      const { token } = await linkFor(scene, role);
      const forms = [user_id, formatUserId(user_id as UserId)]; // as the hub gave it
      for (const ending of [...ExportFormat.options, "manifest.json"]) {
        const response = await fetchAs(scene, token, ending);
        expect([ending, response.status]).toEqual([ending, 200]);
        const bytes = Buffer.from(await response.arrayBuffer());
        const head = Buffer.from(JSON.stringify([...response.headers]));
        const inside = ending === "zip" || ending === "xlsx" ? unpacked(bytes) : Buffer.alloc(0);
        for (const form of forms)
          for (const text of [bytes, head, inside]) expect(text.includes(form)).toBe(false);
      }
    },
  );

  test("a name or a reason that is a formula is text in CSV and XLSX, and negative numbers stay numbers", async () => {
    const scene = await startAnalysis();
    const { user_id, session_id, viewer, send } = scene;
    await send("=cmd|' -C calc'!A0_1.txt", file(1));
    const change = {
      do: "add",
      note_id: "a-note-of-this-test",
      kind: "exclude",
      at: { offset: 0 },
      text: '=HYPERLINK("http://evil")',
    } as const;
    await viewer.ask("annotate", { user_id, session_id, change });
    const csv = await (await fetchAs(scene, user_id, "csv")).text();
    const [head = "", first = ""] = csv.split("\r\n");
    expect(first).toContain(",'=cmd|' -C calc'!A0_1.txt,");
    expect(first).toContain('"\'=HYPERLINK(""http://evil"")"');
    const potential = first.split(",")[head.split(",").indexOf("peak_potential_v")] ?? "";
    expect(Number(potential)).toBeLessThan(0);
    const book = unpacked(Buffer.from(await (await fetchAs(scene, user_id, "xlsx")).arrayBuffer()));
    expect(book.includes("<f>")).toBe(false);
    expect(book.includes(`<v>${potential}</v>`)).toBe(true);
  });
});

function unpacked(archive: Buffer): Buffer {
  return Buffer.concat([...readZip(archive)].flatMap(([name, content]) => [Buffer.from(name), content]));
}
