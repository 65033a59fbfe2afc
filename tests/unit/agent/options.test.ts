import { describe, expect, it } from "vitest";
import { helpText } from "../../../agent/help-text.ts";
import { COMMAND_OPTIONS, DEFAULT_EXTENSIONS, readCommand } from "../../../agent/options.ts";

const WATCH = ["--hub", "https://hub.example", "--watch", "scans"];

function usage(args: readonly string[], environment = {}): string {
  const command = readCommand(args, environment);
  if (command.kind !== "usage") throw new Error(`Not refused: ${JSON.stringify(command)}`);
  return command.message;
}

describe("the command line", () => {
  it("needs a hub and a folder, and nothing else", () => {
    expect(readCommand(WATCH, {})).toMatchObject({
      kind: "watch",
      hubUrl: "https://hub.example",
      folder: "scans",
      extensions: DEFAULT_EXTENSIONS,
      recursive: false,
      configFolder: null,
      token: null,
      color: true,
    });
    expect(usage(["--watch", "scans"])).toContain("--hub");
    expect(usage(["--hub", "https://hub.example"])).toContain("--watch");
  });

  it("refuses what is given twice, where one of the two would be dropped", () => {
    expect(usage([...WATCH, "--watch", "other"])).toMatch(
      /^--watch is given twice, and an agent watches one folder\. Start one agent for each, with a --config folder/,
    );
    expect(usage([...WATCH, "--hub=https://b.example"])).toBe(
      "--hub is given twice. Give it once: --hub URL",
    );
    expect(usage([...WATCH, "--ext", "txt", "--ext", "csv"])).toContain("--ext txt,csv");
    expect(readCommand([...WATCH, "--recursive", "--recursive"], {}).kind).toBe("watch");
  });

  it("takes from the environment what the command line leaves out", () => {
    const environment = {
      BENCHCAST_HUB: "https://hub.example",
      BENCHCAST_WATCH: "scans",
      BENCHCAST_CONFIG: "keys",
      BENCHCAST_TOKEN: "correct-horse-battery",
      NO_COLOR: "1",
    };
    expect(readCommand([], environment)).toMatchObject({
      hubUrl: "https://hub.example",
      folder: "scans",
      configFolder: "keys",
      token: "correct-horse-battery",
      color: false,
    });
    expect(readCommand(["--hub", "http://other"], environment)).toMatchObject({ hubUrl: "http://other" });
  });

  it("reads a hub's address forgivingly", () => {
    const hubOf = (hub: string) => {
      const command = readCommand(["--hub", hub, "--watch", "d"], {});
      return command.kind === "watch" ? command.hubUrl : command.kind;
    };
    expect(hubOf("hub.example")).toBe("https://hub.example");
    expect(hubOf("localhost:3000")).toBe("http://localhost:3000");
    expect(hubOf("https://hub.example/#7k2m-9xqd-t4hw-b8z7")).toBe("https://hub.example");
    expect(hubOf("ftp://hub.example")).toBe("usage");
    expect(hubOf("https://")).toBe("usage");
  });

  it("refuses an address with a path, which it could not use, and says which to take", () => {
    const command = readCommand(["--hub", "https://lab.example/benchcast/", "--watch", "d"], {});
    expect(command).toMatchObject({ kind: "usage", message: expect.stringContaining("“/benchcast/”") });
    expect(command).toMatchObject({ message: expect.stringMatching(/Use https:\/\/lab\.example$/) });
  });

  it("reads file endings with and without dots and stars", () => {
    expect(readCommand([...WATCH, "--ext", "txt, .CSV,*.dta"], {})).toMatchObject({
      extensions: [".txt", ".csv", ".dta"],
    });
    expect(usage([...WATCH, "--ext", "txt,../x"])).toContain("--ext");
  });

  it("suggests what an unknown option most likely meant", () => {
    expect(usage([...WATCH, "--recursiv"])).toBe("Unknown option --recursiv. Did you mean --recursive?");
    expect(usage(["--hup", "x"])).toContain("--hub");
    expect(usage(["--zzzzzz"])).toContain("--help");
  });

  it("refuses a value that is missing, or that nobody asked for", () => {
    expect(usage(["--hub"])).toBe("--hub needs a value: --hub URL");
    expect(usage([...WATCH, "--recursive=yes"])).toBe("--recursive takes no value.");
    expect(usage([...WATCH, "C:\\my"])).toContain("quotes");
    expect(usage([...WATCH, "--new"])).toContain("id --new");
  });

  it("shows and renews the ID, helps, and tells its version", () => {
    expect(readCommand(["id"], {})).toEqual({ kind: "id", renew: false, configFolder: null });
    expect(readCommand(["id", "--new", "--config", "keys"], {})).toEqual({
      kind: "id",
      renew: true,
      configFolder: "keys",
    });
    expect(readCommand(["--help"], {})).toEqual({ kind: "help" });
    expect(readCommand(["-h"], {})).toEqual({ kind: "help" });
    expect(readCommand(["--version"], {})).toEqual({ kind: "version" });
  });

  it("is described by --help: every option, its default and its variable", () => {
    const text = helpText();
    for (const { name, value, fallback, variable } of COMMAND_OPTIONS) {
      const line = text.split("\n").find((row) => row.trim().startsWith(`--${name}`)) ?? "";
      expect(line).toContain(value === null ? `--${name}` : `--${name} ${value}`);
      if (fallback !== null && fallback !== "off") expect(line).toContain(fallback);
      if (variable !== null) expect(line).toContain(variable);
    }
  });
});
