/** Reads what `/metrics` says, as far as tests need it. */
export class PrometheusText {
  readonly #lines: readonly string[];

  constructor(text: string) {
    this.#lines = text.split("\n");
  }

  static async of(url: string): Promise<PrometheusText> {
    return new PrometheusText(await (await fetch(`${url}/metrics`)).text());
  }

  /** The value of one series, labels in the order in which they stand: `name{a="b"}`; undefined: there is none. */
  value(series: string): number | undefined {
    const line = this.#lines.find((candidate) => candidate.startsWith(`${series} `));
    return line === undefined ? undefined : Number(line.slice(series.length + 1));
  }

  /** Every name that a query can use: of metrics, and of the parts of histograms. */
  names(): ReadonlySet<string> {
    const series = this.#lines.filter((line) => line !== "" && !line.startsWith("#"));
    const declared = this.#lines.flatMap((line) => /^# TYPE (\S+) /.exec(line)?.[1] ?? []);
    return new Set([...declared, ...series.map((line) => line.split(/[{ ]/, 1)[0] ?? "")]);
  }
}
