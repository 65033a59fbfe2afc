import {
  matchName,
  type NameFields,
  type NamePattern,
  parseNamePattern,
  patternFromNames,
} from "../../shared/protocol/name-pattern.ts";
import { ParamsError } from "./params.ts";

/**
 * What the names of files tell: number, frequency, electrode. As on the hub a name is read from below the folder
 * that all files share, by the pattern that was asked for, or by those that the names propose.
 *
 * @param files paths as they were given; both kinds of slashes
 * @throws ParamsError when `pattern` is not one
 */
export function fieldsOfNames(files: readonly string[], pattern: string | null): Map<string, NameFields> {
  const names = new Map(belowSharedFolder(files));
  const patterns =
    pattern === null
      ? patternFromNames([...names.values()]).map((proposal) => readPattern(proposal.pattern))
      : [readPattern(pattern)];
  return new Map(
    [...names].map(([file, name]) => {
      const found = patterns.map((one) => matchName(one, name)).find((fields) => fields !== null);
      return [file, found ?? {}];
    }),
  );
}

function readPattern(text: string): NamePattern {
  const pattern = parseNamePattern(text);
  if ("problem" in pattern) throw new ParamsError(`pattern: ${pattern.problem}`);
  return pattern;
}

function belowSharedFolder(files: readonly string[]): [file: string, name: string][] {
  const paths = files.map((file) => file.replaceAll("\\", "/").split("/"));
  const [first = []] = paths;
  let shared = 0;
  while (paths.every((path) => path.length > shared + 1 && path[shared] === first[shared])) shared++;
  return files.map((file, index) => [file, paths[index]?.slice(shared).join("/") ?? file]);
}
