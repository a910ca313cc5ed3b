/**
 * What kind of problem a spec has.
 *
 * - `SPEC_INVALID`: the language of the spec does not allow it.
 * - `SPEC_UNKNOWN_NAME`: no source, format or sink is registered under this name.
 * - `SPEC_UNSUPPORTED`: the language allows it, this version of Calve, or this sink, cannot do it.
 * - `OPTIONS_INVALID`: the plugin's own schema refuses its options.
 */
export type SpecIssueCode = 'SPEC_INVALID' | 'SPEC_UNKNOWN_NAME' | 'SPEC_UNSUPPORTED' | 'OPTIONS_INVALID';

/** One problem of a spec, as plain JSON. A host shows it beside the field that `path` names. */
export interface SpecIssue {
  code: SpecIssueCode;
  /** JSON Pointer (RFC 6901) into the spec: `/outputs/0/options/table`; empty: the spec itself. */
  path: string;
  /** Plain words that can be read without the other members. */
  message: string;
  /** What would be right: `text`, `at least 1`, `"hold" or "ignore"`. */
  expected?: string;
  /** What was there instead. Free text in the options of a plugin is described and not repeated, since it may be a secret. */
  received?: string;
  /** The names or values that work, where they can be listed. */
  known?: string[];
}
