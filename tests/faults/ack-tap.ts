import type { Direction, Tap } from "../support/tcp-proxy.ts";
import { WebSocketFrames } from "../support/websocket-frames.ts";
import type { AckSeen } from "./history.ts";

interface Conversation {
  readonly frames: Readonly<Record<Direction, WebSocketFrames>>;
  /** Files whose acknowledgement is on its way, by the number of the request. */
  readonly asked: Map<string, { readonly name: string; readonly sha256: string }>;
}

/** `451-7["stream_instrument_data",{…}]`: an Engine.IO message with a Socket.IO event, one attachment, ack wanted. */
const REQUEST = /^45\d+-(\d+)(\["stream_instrument_data",.*)$/s;
/** `437[{…}]` */
const ANSWER = /^43(\d+)(\[.*)$/s;

/** Listens on the wire between an agent and the hub: what was acknowledged, whether or not it arrived. */
export class AckTap {
  readonly acks: AckSeen[] = [];
  /** Loses every n-th acknowledgement of a stored file, and the connection with it. */
  loseEvery = Number.POSITIVE_INFINITY;
  lost = 0;
  readonly #conversations = new Map<number, Conversation>();
  #loseThis = false;

  readonly tap: Tap = (link, direction, chunk) => {
    const conversation = this.#conversations.get(link) ?? this.#meet(link);
    this.#loseThis = false;
    conversation.frames[direction].push(chunk);
    return !this.#loseThis;
  };

  #meet(link: number): Conversation {
    const asked: Conversation["asked"] = new Map();
    const frames = {
      up: new WebSocketFrames((text) => this.#hearRequest(asked, text)),
      down: new WebSocketFrames((text) => this.#hearAnswer(asked, text)),
    };
    const conversation = { frames, asked };
    this.#conversations.set(link, conversation);
    return conversation;
  }

  #hearRequest(asked: Conversation["asked"], text: string): void {
    const [, id, json] = REQUEST.exec(text) ?? [];
    if (id === undefined || json === undefined) return;
    const [, { filename, sha256 }] = JSON.parse(json) as [string, { filename: string; sha256: string }]; // our own agent's
    asked.set(id, { name: filename, sha256 });
  }

  #hearAnswer(asked: Conversation["asked"], text: string): void {
    const [, id = "", json] = ANSWER.exec(text) ?? [];
    const file = asked.get(id);
    if (file === undefined || json === undefined) return;
    asked.delete(id);
    const [{ value }] = JSON.parse(json) as [
      { value?: { outcome: string } & Omit<AckSeen, "name" | "sha256"> },
    ]; // our own hub's
    if (value?.outcome !== "stored" && value?.outcome !== "duplicate") return;
    const { epoch, offset, revision } = value;
    this.acks.push({ ...file, epoch, offset, revision });
    if (this.acks.length % this.loseEvery !== 0) return;
    this.lost += 1;
    this.#loseThis = true;
  }
}
