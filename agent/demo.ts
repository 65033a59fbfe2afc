import { existsSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { DemoChildren } from "./demo-children.ts";
import { startProposedSession } from "./demo-session.ts";
import { followTitration, TITRATION } from "./demo-titration.ts";
import { DemoViewer } from "./demo-viewer.ts";
import { EXIT } from "./exit-codes.ts";
import { SCANS_PER_STEP } from "./titration.ts";

const READY_MS = 30_000;
/** `npm run demo -- titration`: faster, with the injections marked as they happen. */
const TITRATES = process.argv[2] === "titration";
const EVERY_S = TITRATES ? TITRATION.everyS : 2;
/** Pairs of scans that are there when the page opens: a trend that has already begun. */
const HISTORY = TITRATES ? TITRATION.scansPerStep - 4 : 30;

const PLAIN_WORDS = `Its target is raised every ${SCANS_PER_STEP} scans, and nothing is marked: npm run demo -- titration does that, too.
`;
const TITRATION_WORDS = `Injections are marked as they happen. Press K for the calibration: its curve needs four concentrations,
about a minute.
`;

const { stdout, stderr } = process;

const [unknown] = process.argv.slice(TITRATES ? 3 : 2);
if (unknown !== undefined) {
  stderr.write(
    `There is no demo “${unknown}”. There are two: npm run demo, and npm run demo -- titration, which marks its injections.\n`,
  );
  process.exit(EXIT.usage);
}

if (!existsSync(fileURLToPath(new URL("../dist/web/index.html", import.meta.url)))) {
  stderr.write("The viewer's page is not built yet. Run: npm run build\n");
  process.exit(EXIT.error);
}
const folder = await mkdtemp(join(tmpdir(), "benchcast-demo-"));
const children = new DemoChildren((error) => void end(error.message));
let ending = false;
process.on("SIGINT", () => void end(null));
process.on("SIGTERM", () => void end(null));
process.on("exit", () => {
  children.kill();
  rmSync(folder, { recursive: true, force: true });
});

try {
  await demo();
} catch (error) {
  await end(error instanceof Error ? error.message : String(error));
}

async function demo(): Promise<void> {
  stdout.write("Starting a hub, a simulated potentiostat and an agent …\n");
  const port = process.env.PORT ?? String(await freePort());
  const hubUrl = `http://127.0.0.1:${port}`;
  const place = { data: join(folder, "hub"), scans: join(folder, "scans"), config: join(folder, "agent") };
  children.start("hub", "server/main.ts", [], { HOST: "127.0.0.1", PORT: port, DATA_DIR: place.data });
  children.start("simulated potentiostat", "agent/simulate.ts", [
    "--into",
    place.scans,
    "--every",
    `${EVERY_S}`,
    "--history",
    `${HISTORY}`,
    ...(TITRATES ? ["--scans-per-step", `${TITRATION.scansPerStep}`] : []),
  ]);
  const userId = await children.run("agent/cli.ts", ["id", "--config", place.config]);
  await hubReady(hubUrl);
  const watch = [
    "--hub",
    hubUrl,
    "--watch",
    place.scans,
    "--config",
    place.config,
    "--name",
    "Demo potentiostat",
  ];
  children.start("agent", "agent/cli.ts", watch);
  const viewer = new DemoViewer(hubUrl);
  const started = await startProposedSession(viewer, userId);
  if (TITRATES) await followTitration(viewer, userId, started);
  else viewer.close();
  stdout.write(`
   Open   http://localhost:${port}/#${userId}

You will see a simulated aptamer sensor: every ${EVERY_S} s two new scans, 15 and 200 Hz,
of 4 electrodes, with baseline and peak, and the peaks' trend. Running: ${started.summary}.
${TITRATES ? TITRATION_WORDS : PLAIN_WORDS}Ctrl-C ends it and removes everything.
`);
}

async function hubReady(hubUrl: string): Promise<void> {
  for (const endMs = performance.now() + READY_MS; performance.now() < endMs; await sleep(100)) {
    const answer = await fetch(`${hubUrl}/health`).catch(() => null);
    if (answer?.ok === true) return;
  }
  throw new Error(`The hub at ${hubUrl} is not ready after ${READY_MS / 1_000} s.`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === "string") throw new Error("This computer gives no free port.");
  return address.port;
}

/** @param problem null: somebody asked for the end */
async function end(problem: string | null): Promise<void> {
  if (ending) return;
  ending = true;
  if (problem !== null) stderr.write(`${problem}\n`);
  await children.end();
  process.exit(problem === null ? EXIT.ok : EXIT.error);
}
