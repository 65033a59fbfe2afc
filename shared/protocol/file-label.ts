import { z } from "zod";
import { MAX_LABEL_LENGTH } from "./limits.ts";

/**
 * Why a file's label is refused, or null. A label is a path relative to the watched folder with `/` between its
 * parts. It is only ever shown and compared: nothing is opened by it on the hub. Still, a label that is absolute
 * or climbs (`../../etc/passwd`) is refused, so that no later reader has to be careful.
 */
export function labelProblem(label: string): string | null {
  if (label === "") return "it is empty";
  if (label.length > MAX_LABEL_LENGTH)
    return `it has ${label.length} characters, more than ${MAX_LABEL_LENGTH}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is refused
  if (/[\u0000-\u001f\u007f]/.test(label)) return "it holds control characters";
  // UTF-8 has no form for it, so two such names would be one in any store.
  if (/\p{Surrogate}/u.test(label)) return "it holds half a surrogate pair";
  if (label.startsWith("/") || label.startsWith("\\") || /^[a-z]:/i.test(label))
    return "it is not relative to the folder";
  if (label.split(/[/\\]/).some((part) => part === ".." || part === "." || part === ""))
    return "it leaves the folder";
  return null;
}

/** A file's label on the wire. */
export const FileLabel = z.string().refine((label) => labelProblem(label) === null, {
  error: (issue) =>
    `Invalid filename: ${labelProblem(String(issue.input))}. Names must be relative to the watched folder and stay inside it.`,
  params: { code: "invalid_filename" },
});
export type FileLabel = z.infer<typeof FileLabel>;
