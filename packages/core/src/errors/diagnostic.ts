import type { Json } from '../json/json.ts';
import type { Evidence } from '../schema/evidence.ts';
import type { Position } from '../source/position.ts';

/** Something a person should know: a finding of a plan, of a preview or of a run. */
export interface Diagnostic {
  /** One of `ErrorCode`, or a plugin's own code with its prefix. */
  code: string;
  severity: 'info' | 'warning' | 'error';
  /** Plain words: what, where, which value, what happens next. */
  message: string;
  at?: Position;
  evidence?: Evidence[];
  /** JSON Patch operations (RFC 6902) on the spec; applying one removes the finding. */
  fixes?: { title: string; specPatch: Json[] }[];
}
