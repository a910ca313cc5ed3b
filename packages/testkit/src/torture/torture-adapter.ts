import { CalveError } from '@calve/core';

/** Where the rows of a lake are found afterwards. Texts may hold the placeholders of the command. */
export type TortureTable =
  /** In a catalog; `properties` are those of PyIceberg's `load_catalog`, `uri` and `warehouse` for instance. */
  | { kind: 'catalog'; properties: Record<string, string>; table: string; column: string }
  /** Without a catalog: the folder of a table, whose newest metadata file counts. */
  | { kind: 'folder'; folder: string; column: string };

/** A program that loads a folder of CSV files into an Iceberg table, as data: how it is started and where its rows end. */
export interface TortureAdapter {
  /** As it stands in the table of results. */
  name: string;
  /**
   * Program and arguments, or one line for `sh`. It must load every file of the landing folder that it has not loaded yet, and end with 0. In each
   * text `{landing}`, `{lake}`, `{state}`, `{folder}` (which holds those three) and `{steps}` are replaced by absolute paths. `{steps}` is a
   * file to which the program may append a line for each step that it reaches; it tells where random kills fell.
   */
  command: readonly string[] | string;
  /** Variables beside those of this process. */
  environment?: Record<string, string>;
  /**
   * For programs that can die at a place of their own. `arguments` are added to the command, with `{step}` as a label, and `#2` behind it for the
   * second time that the label is reached. There the program kills itself with SIGKILL.
   */
  stop?: { arguments: readonly string[]; labels: readonly string[] };
  /** The tables that together must hold each record once; an id is the first number in `column`. */
  tables: readonly TortureTable[];
  /** What files hold beyond good records of three columns. Default neither. */
  input?: {
    /** One record in each file with a field too many, which belongs into one of the tables all the same. */
    broken?: boolean;
    /** Now and then a file with a column that no file had before. */
    newColumns?: boolean;
  };
}

/** The folders and files of one lake under torture. */
export interface TorturePlaces {
  folder: string;
  landing: string;
  lake: string;
  state: string;
  steps: string;
}

/** What is started for an adapter. */
export interface TortureCommand {
  program: string;
  parameters: string[];
}

/**
 * The command of an adapter for one lake.
 *
 * @param step Where the program has to kill itself; null: nowhere.
 * @throws {CalveError} `CONFIGURATION_INVALID`: a placeholder that there is not, or no program.
 */
export function tortureCommand(adapter: TortureAdapter, places: TorturePlaces, step: string | null): TortureCommand {
  const { command, stop } = adapter;
  const added = step === null || !stop ? [] : stop.arguments;
  if (typeof command === 'string') {
    const quoted = Object.fromEntries(Object.entries(places).map(([name, path]) => [name, shellWord(path)]));
    const words = added.map((text) => shellWord(fill(text, { ...places, step: step ?? '' })));
    return { program: 'sh', parameters: ['-c', [fill(command, quoted), ...words].join(' ')] };
  }
  const [program, ...parameters] = [...command, ...added].map((text) => fill(text, { ...places, step: step ?? '' }));
  if (!program)
    throw new CalveError('CONFIGURATION_INVALID', `The adapter "${adapter.name}" names no program.`, { recovery: 'fix-input' });
  return { program, parameters };
}

/** The tables of an adapter for one lake. */
export function tortureTables(adapter: TortureAdapter, places: TorturePlaces): TortureTable[] {
  return adapter.tables.map((table) =>
    table.kind === 'folder'
      ? { ...table, folder: fill(table.folder, { ...places }) }
      : {
          ...table,
          properties: Object.fromEntries(
            Object.entries(table.properties).map(([name, text]) => [name, fill(text, { ...places })]),
          ),
        },
  );
}

function fill(text: string, values: Record<string, string>): string {
  return text.replaceAll(/\{([a-z]+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value !== undefined) return value;
    throw new CalveError('CONFIGURATION_INVALID', `There is no placeholder {${name}}; there are ${namesOf(values)}.`, {
      recovery: 'fix-input',
    });
  });
}

function namesOf(values: Record<string, string>): string {
  return Object.keys(values)
    .map((name) => `{${name}}`)
    .join(', ');
}

function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
