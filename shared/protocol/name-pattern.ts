/**
 * File name patterns: which files belong to a session, and which number, frequency and electrode a name tells.
 * The same functions run on hub, agent and viewer.
 */

export { patternsOverlap } from "./name-overlap.ts";
export { type NameProposal, patternFromNames } from "./name-proposals.ts";
export {
  MAX_PATTERN_FIELDS,
  MAX_PATTERN_LENGTH,
  matchName,
  type NameFields,
  type NamePattern,
  type PatternProblem,
  parseNamePattern,
} from "./name-template.ts";
export { naturalCompare } from "./natural-order.ts";
