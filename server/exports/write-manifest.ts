import type { ManifestWithFiles } from "../../shared/protocol/export-manifest.ts";
import type { ExportJob } from "./export-job.ts";

/** The manifest of an export with the list of its files and their hashes, as JSON in pieces. */
export async function* manifestWithFiles({ manifest, files }: ExportJob): AsyncGenerator<string> {
  yield `${JSON.stringify(manifest, null, 2).slice(0, -2)},\n  "file_list": [`;
  let first = true;
  for await (const page of files()) {
    const lines = page.map(({ row: { offset, name, revision, sha256 }, superseded }) => {
      const file: ManifestWithFiles["file_list"][number] = { offset, name, revision, superseded, sha256 };
      const line = `${first ? "" : ","}\n    ${JSON.stringify(file)}`;
      first = false;
      return line;
    });
    yield lines.join("");
  }
  yield "\n  ]\n}\n";
}
