import { defineConfig } from "rolldown";

/**
 * The agent as one file that runs with Node alone, from any folder: `dist/benchcast-agent.mjs`. The hub offers it
 * for download at /agent.
 */
export default defineConfig({
  input: "agent/cli.ts",
  platform: "node",
  // Native speed-ups that `ws` tries to load and goes without.
  external: ["bufferutil", "utf-8-validate"],
  output: {
    file: "dist/benchcast-agent.mjs",
    format: "esm",
    codeSplitting: false,
    minify: false,
  },
});
