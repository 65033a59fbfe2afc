import { spawn } from "node:child_process";

const GIVE_UP_MS = 1_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** The program that copies its input to the clipboard, if this kind of desktop has one. */
export function clipboardTool(platform: NodeJS.Platform, environment: Environment): readonly string[] | null {
  if (platform === "win32") return ["clip"];
  if (platform === "darwin") return ["pbcopy"];
  if (environment.WAYLAND_DISPLAY) return ["wl-copy"];
  return environment.DISPLAY ? ["xclip", "-selection", "clipboard"] : null;
}

/** Copies a text; false, and nothing else, when that is not possible here. */
export async function copyToClipboard(text: string): Promise<boolean> {
  const [command, ...args] = clipboardTool(process.platform, process.env) ?? [];
  if (command === undefined) return false;
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ["pipe", "ignore", "ignore"], windowsHide: true });
    const timer = setTimeout(() => resolve(false), GIVE_UP_MS);
    const done = (copied: boolean) => {
      clearTimeout(timer);
      resolve(copied);
    };
    child.on("error", () => done(false));
    child.on("exit", (code) => done(code === 0));
    child.stdin.on("error", () => done(false));
    child.stdin.end(text);
    // xclip stays to serve the clipboard; it must not keep this program from ending.
    child.unref();
  });
}
