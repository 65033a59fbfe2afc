import { z } from "zod";

/** Why an agent cannot read its folder. Which folder that is stays on the instrument PC. */
export const FolderTrouble = z.enum(["missing", "forbidden", "unreadable"]);
export type FolderTrouble = z.infer<typeof FolderTrouble>;

/** What is true, then what to do on the instrument PC. The agent's own screen names the path. */
export const FOLDER_TROUBLE_WORDS: Readonly<
  Record<FolderTrouble, { readonly title: string; readonly step: string }>
> = {
  missing: {
    title: "The agent's folder is not there.",
    step: "Check on the instrument PC that it was not moved or renamed, and that its drive is connected.",
  },
  forbidden: {
    title: "The agent may not read its folder.",
    step: "Give the user that the agent runs as the right to read it, on the instrument PC.",
  },
  unreadable: {
    title: "The agent cannot read its folder.",
    step: "Check on the instrument PC that its drive or network share works; the agent's screen has the details.",
  },
};

/** What happens when the trouble is over. */
export const FOLDER_TROUBLE_END = "It goes on by itself; what is in the folder is not lost.";

/** The whole of it in one paragraph. */
export function folderTroubleText(trouble: FolderTrouble): string {
  const { title, step } = FOLDER_TROUBLE_WORDS[trouble];
  return `${title} ${step} ${FOLDER_TROUBLE_END}`;
}
