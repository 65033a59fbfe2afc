import { spawnSync } from "node:child_process";

/** The parsers' fuzzer in its long form: `npm run fuzz:formats` (10 min) or `FUZZ_SECONDS=60 npm run fuzz:formats`. */
const env = { ...process.env, FUZZ_SECONDS: process.env.FUZZ_SECONDS ?? "600" };
const arguments_ = ["vitest", "run", "--project", "unit", "tests/unit/formats/fuzz.test.ts"];
const { status } = spawnSync("npx", arguments_, {
  env,
  stdio: "inherit",
  shell: process.platform === "win32",
});
process.exitCode = status ?? 1;
