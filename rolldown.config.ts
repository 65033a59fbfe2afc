import { type BuildOptions, defineConfig } from "rolldown";

/** A command as one file that runs with Node alone, from any folder: `dist/NAME.mjs`. */
function program(name: string, input: string, file = `dist/${name}.mjs`): BuildOptions {
  return {
    input,
    platform: "node",
    // Native speed-ups that `ws` tries to load and goes without.
    external: ["bufferutil", "utf-8-validate"],
    output: { file, format: "esm", codeSplitting: false, minify: false },
  };
}

/** The hub offers it for download at /agent. */
export const agentProgram = (file?: string) => program("benchcast-agent", "agent/cli.ts", file);

export default defineConfig([agentProgram(), program("benchcast-analyse", "server/analyse-cli.ts")]);
