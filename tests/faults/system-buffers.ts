import { readFileSync } from "node:fs";

/**
 * What Linux keeps at most of what one side of a TCP connection sent and the other did not read: the sender's buffer
 * and the receiver's, both grown to their end. Elsewhere: more than any system's defaults.
 */
export function mostSystemBuffersBytes(): number {
  return largestOf("tcp_wmem") + largestOf("tcp_rmem");
}

function largestOf(setting: string): number {
  try {
    const [, , largest] = readFileSync(`/proc/sys/net/ipv4/${setting}`, "utf8").trim().split(/\s+/);
    return Number(largest);
  } catch {
    return 32 * 1024 ** 2;
  }
}
