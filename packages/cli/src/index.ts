// The documents of `--json`, for programs that read them. The command itself is `calve.ts`.

export type { CommandName } from './arguments/command-line.ts';
export type {
  AcceptRollbackDocument,
  AdoptDocument,
  ApplyDocument,
  AuditDocument,
  BundleDocument,
  CommandDocument,
  CommandEnd,
  ExplainDocument,
  FileSetAside,
  FindingsDocument,
  HeadDocument,
  HistoryDocument,
  PatchDocument,
  PlanDocument,
  PreviewDocument,
  QuarantinedBefore,
  RejectedCause,
  RejectsDocument,
  ReplayDocument,
  ResetDocument,
  RunDocument,
  RunReport,
  UnknownCommandDocument,
} from './documents.ts';
export type { ExitCode } from './exit-code.ts';
export { exitCodeOf } from './exit-code.ts';
