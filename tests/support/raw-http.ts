import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON. */
  json(): unknown;
}

export interface HttpWish {
  readonly method?: string;
  /** As they go on the wire, `host` and `origin` included: browsers and `fetch` would not send a forged one. */
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

/** One HTTP request with every header as given; the path goes out as it is. */
export function ask(url: string, path: string, { method = "GET", headers = {}, body }: HttpWish = {}) {
  const { hostname, port } = new URL(url);
  return new Promise<HttpReply>((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers, agent: false }, (reply) => {
      let text = "";
      reply.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      reply.on("error", reject).on("end", () => {
        const { statusCode: status = 0, headers: said } = reply;
        resolve({ status, headers: said, text, json: () => JSON.parse(text) });
      });
    });
    sent.on("error", reject).end(body);
  });
}
