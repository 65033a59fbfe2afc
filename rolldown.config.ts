import { defineConfig, type RolldownOptions } from "rolldown";

/** A command as one file that runs with Node alone, from any folder: `dist/NAME.mjs`. */
function program(name: string, input: string): RolldownOptions {
  return {
    input,
    platform: "node",
    // Native speed-ups that `ws` tries to load and goes without.
    external: ["bufferutil", "utf-8-validate"],
    output: { file: `dist/${name}.mjs`, format: "esm", codeSplitting: false, minify: false },
  };
}

export default defineConfig([
  // The hub offers it for download at /agent.
  program("benchcast-agent", "agent/cli.ts"),
  program("benchcast-analyse", "server/analyse-cli.ts"),
]);
