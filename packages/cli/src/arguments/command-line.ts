/** The commands of `calve`. */
export type CommandName =
  | 'run'
  | 'preview'
  | 'plan'
  | 'apply'
  | 'explain'
  | 'head'
  | 'rejects'
  | 'findings'
  | 'patch'
  | 'replay'
  | 'history'
  | 'audit'
  | 'adopt'
  | 'reset'
  | 'accept-rollback'
  | 'bundle';

/** The options, without their dashes. */
export type OptionName =
  | 'spec'
  | 'table'
  | 'id'
  | 'columns'
  | 'pattern'
  | 'set'
  | 'state'
  | 'rows'
  | 'output'
  | 'bundle'
  | 'with-names'
  | 'allow'
  | 'isolation'
  | 'limits'
  | 'all'
  | 'code'
  | 'column'
  | 'file'
  | 'commit'
  | 'only'
  | 'dry-run'
  | 'commits'
  | 'before'
  | 'if-busy'
  | 'unknown'
  | 'yes'
  | 'reload'
  | 'from-now'
  | 'reingest'
  | 'leave-out'
  | 'json'
  | 'help'
  | 'version';

/** What the parser and the help know about an option. */
export interface OptionDescription {
  /** What stands behind it in the help, `<name>`; null: it takes no value. */
  value: string | null;
  short?: string;
  /** It may be given several times. */
  repeats?: true;
  help: string;
}

/** All options; each means the same in every command that has it. */
export const OPTIONS: Readonly<Record<OptionName, OptionDescription>> = {
  spec: { value: '<file.json>', help: 'a stored spec instead of <landing>; its relative paths start at the working directory' },
  table: { value: '<name>', help: 'namespace.name; default: default.<folder name>; where only a lake is named, its only table' },
  id: {
    value: '<id>',
    help: 'name of the ingestion; each has a ledger (its memory of loaded files) of its own; default: the folder name',
  },
  columns: { value: '<types>', help: "types of columns, the others are inferred: 'amount=decimal(12,2),note=string'" },
  pattern: { value: '<glob>', help: "only files of the landing folder that fit: 'orders-*.csv'" },
  set: {
    value: '<place>=<value>',
    repeats: true,
    help: "a value of the spec, JSON or text; may be repeated: /input/onChanged=append, /input/format/options/delimiter=';'",
  },
  state: { value: '<file>', help: 'where the ledgers are kept; default: <lake>/calve.db' },
  rows: { value: '<n>', help: 'how many rows are shown, up to 10000; default: 10, of preview 20' },
  output: { value: '<file.json>', help: 'writes the plan to a file, for calve apply' },
  bundle: { value: '<file.json>', help: 'writes what to send along when something goes wrong, with the events of this run' },
  'with-names': { value: null, help: 'names of files stay in a bundle, without folders; by default they become labels' },
  allow: { value: '<states>', help: 'files that end so stay out and are no failure: held,quarantined,failed' },
  isolation: { value: '<where>', help: 'inline or process: where the bytes of files are decoded; default: inline' },
  limits: { value: '<limits>', help: "what a file or a commit may cost, by the names in messages: 'recordBytes=64MiB'" },
  'if-busy': {
    value: '<what>',
    help: 'wait for another process that works on the same ingestion, or stop with exit code 1; default: wait',
  },
  all: { value: null, help: 'lists single rows, --rows of them, instead of causes' },
  code: { value: '<codes>', help: 'only what has one of these codes: amount:decimal,SCHEMA_TYPE_CONFLICT' },
  column: { value: '<names>', help: 'only what is about one of these columns: amount,ordered_at' },
  file: { value: '<names>', help: 'only these files, by name: orders-1.csv,orders-2.csv' },
  commit: { value: '<numbers>', help: 'only rows that these commits rejected: 3,4' },
  only: { value: '<states>', help: 'only these: held,quarantined,failed files, or rejected rows; default: all of them' },
  'dry-run': { value: null, help: 'shows what would be loaded and what would stay; writes nothing' },
  commits: { value: '<n>', help: 'how many commits are shown, up to 1000; default: 50' },
  before: { value: '<commit>', help: 'only commits before this one' },
  unknown: { value: '<what>', help: 'load or leave: what becomes of files of which no row is in the table' },
  yes: { value: null, help: 'does it; without it the command only shows what it would do' },
  reload: { value: null, help: 'all files of the landing folder load with the next run, also those that are loaded' },
  'from-now': { value: null, help: 'all files of the landing folder count as loaded, also those that are not' },
  reingest: { value: null, help: 'files whose rows went load again with the next run' },
  'leave-out': { value: null, help: 'files whose rows went count as loaded, and stay out of the table' },
  json: { value: null, help: 'one JSON document on stdout' },
  help: { value: null, short: 'h', help: 'this text' },
  version: { value: null, short: 'V', help: 'the version of calve' },
};

/** What the parser and the help know about a command. */
export interface CommandDescription {
  /** Ways to call it, without options; the first one is the usual one. */
  usage: readonly string[];
  summary: string;
  options: readonly OptionName[];
  /** Where an option means something of its own here. */
  optionHelp?: Readonly<Partial<Record<OptionName, string>>>;
  /** What arguments mean that are not said of every command. */
  notes?: readonly string[];
  /** How it can end, beside 0, 1, 30 and 130. */
  endings: readonly (keyof typeof ENDINGS)[];
}

/** Exit codes as the help tells them. `mistyped` is said of every command that does not say more of 30. */
export const ENDINGS = {
  files: '10   files are held or quarantined, or too many rows are bad; the rest is done',
  schema: '20   a decision about a schema change is needed',
  found: '10   something did not land, or will not',
  unhealthy: '10   the audit has an error or a warning',
  undecided: '30   no choice was made, so that it only showed what each one means; or wrong arguments or spec',
  mistyped: '30   wrong arguments, spec or plan file',
} as const;

const RUNS = ['files', 'schema'] as const;
const SPEC = ['spec', 'table', 'id', 'columns', 'pattern', 'set', 'state'] as const;
const INGESTION = [...SPEC, 'limits', 'isolation'] as const;

/** All commands, in the order of the help. */
export const COMMANDS: Readonly<Record<CommandName, CommandDescription>> = {
  run: {
    usage: ['calve run <landing> <lake>', 'calve run --spec <file.json> <lake>'],
    summary: 'loads the new files of a folder, or one file, into a table of the lake',
    options: [...INGESTION, 'allow', 'if-busy', 'bundle', 'with-names', 'json', 'help'],
    endings: RUNS,
  },
  preview: {
    usage: ['calve preview <landing> <lake>', 'calve preview --spec <file.json> <lake>'],
    summary: 'shows the first rows as they would arrive; writes nothing',
    options: [...INGESTION, 'rows', 'allow', 'json', 'help'],
    endings: RUNS,
  },
  plan: {
    usage: ['calve plan <landing> <lake>', 'calve plan --spec <file.json> <lake>'],
    summary: 'shows what a run would do and why; writes nothing but --output',
    options: [...INGESTION, 'output', 'allow', 'json', 'help'],
    endings: RUNS,
  },
  apply: {
    usage: ['calve apply <plan.json> <lake>'],
    summary: 'does what a plan says, once, however often it is applied',
    options: ['state', 'limits', 'isolation', 'allow', 'if-busy', 'json', 'help'],
    endings: RUNS,
  },
  explain: {
    usage: ['calve explain <plan.json>'],
    summary: 'shows a plan as text; needs no lake',
    options: ['json', 'help'],
    endings: [],
  },
  head: {
    usage: ['calve head <lake>', 'calve head <landing> <lake>'],
    summary: 'shows the first rows of a table',
    options: ['table', 'rows', 'json', 'help'],
    endings: [],
  },
  rejects: {
    usage: ['calve rejects <lake>', 'calve rejects <landing> <lake>'],
    summary: 'shows why rows of a table were rejected, with three of each cause',
    options: ['table', 'rows', 'all', 'json', 'help'],
    endings: [],
  },
  findings: {
    usage: ['calve findings <landing> <lake>', 'calve findings --spec <file.json> <lake>'],
    summary: 'reports what did not land, which value in which line is to blame, and what mends it; writes nothing',
    options: [...INGESTION, 'json', 'help'],
    endings: ['found'],
  },
  patch: {
    usage: ['calve patch <fix>[,<fix>] <landing> <lake>', 'calve patch <fix>[,<fix>] --spec <file.json> <lake>'],
    summary: 'applies fixes of calve findings, by number or id, to the spec',
    options: [...INGESTION, 'json', 'help'],
    notes: [
      'Without --spec the spec is stored as <lake>/<id>.spec.json. From then on commands for this landing folder begin with it; their options come on top.',
    ],
    endings: [],
  },
  replay: {
    usage: ['calve replay <landing> <lake>', 'calve replay --spec <file.json> <lake>'],
    summary: 'loads what was set aside, held files and rejected rows, after the files or the spec were mended; each once',
    options: [...INGESTION, 'code', 'column', 'file', 'commit', 'only', 'dry-run', 'allow', 'if-busy', 'json', 'help'],
    endings: RUNS,
  },
  history: {
    usage: ['calve history <lake>', 'calve history <landing> <lake>', 'calve history --spec <file.json> <lake>'],
    summary: 'shows the commits of an ingestion, newest first; writes nothing',
    options: [...SPEC, 'commits', 'before', 'json', 'help'],
    endings: [],
  },
  audit: {
    usage: ['calve audit <landing> <lake>', 'calve audit --spec <file.json> <lake>'],
    summary: 'tells whether everything is in the table once: compares folder, ledger and table; writes nothing',
    options: [...SPEC, 'json', 'help'],
    endings: ['unhealthy'],
  },
  adopt: {
    usage: ['calve adopt <landing> <lake>', 'calve adopt --spec <file.json> <lake>'],
    summary: 'rebuilds a lost ledger from the table; shows it first, and does it with --yes',
    options: [...SPEC, 'unknown', 'yes', 'if-busy', 'json', 'help'],
    endings: [],
  },
  reset: {
    usage: [
      'calve reset <landing> <lake> (--reload | --from-now)',
      'calve reset --spec <file.json> <lake> (--reload | --from-now)',
    ],
    summary: 'begins the ledger anew and keeps the table; shows first what each choice means',
    options: [...SPEC, 'reload', 'from-now', 'if-busy', 'json', 'help'],
    endings: ['undecided'],
  },
  'accept-rollback': {
    usage: [
      'calve accept-rollback <landing> <lake> (--reingest | --leave-out)',
      'calve accept-rollback --spec <file.json> <lake> (--reingest | --leave-out)',
    ],
    summary: 'goes on with a table that somebody rolled back; shows first what each choice means',
    options: [...SPEC, 'reingest', 'leave-out', 'if-busy', 'json', 'help'],
    endings: ['undecided'],
  },
  bundle: {
    usage: ['calve bundle <landing> <lake> [<run>]', 'calve bundle --spec <file.json> <lake> [<run>]'],
    summary: 'collects what to send along when something went wrong, without values; writes nothing but --output',
    options: [...SPEC, 'output', 'with-names', 'json', 'help'],
    optionHelp: { output: 'writes the bundle to a file; otherwise it goes to stdout' },
    notes: [
      '<run> is the id of the run that went wrong, which the bundle then names. Events of a run are kept only by calve run --bundle.',
    ],
    endings: [],
  },
};

/** The names of the commands, in the order of the help. */
export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[];
