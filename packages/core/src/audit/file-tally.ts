import type { AuditExample, AuditFinding, RowsCompared } from './audit-report.ts';

const EXAMPLES = 5;

/** Files that share a fate: exact counts, and the first of them by name. */
export class FileTally {
  files = 0;
  readonly rows: RowsCompared = { ledger: 0, table: 0 };
  readonly #hasRows: boolean;
  readonly #examples: AuditExample[] = [];

  /** @param hasRows It is about rows, so that their numbers mean something. */
  constructor(hasRows: boolean) {
    this.#hasRows = hasRows;
  }

  /** Counts a version of a file in. */
  add(file: string, version: string, rows: RowsCompared = { ledger: 0, table: 0 }): void {
    this.files += 1;
    this.rows.ledger += rows.ledger;
    this.rows.table += rows.table;
    if (this.#examples.length < EXAMPLES) this.#examples.push({ file, version, rows: this.#hasRows ? rows : null });
  }

  /** What a finding says about these files. */
  counts(): Pick<AuditFinding, 'files' | 'rows' | 'examples'> {
    return { files: this.files, rows: this.#hasRows ? this.rows : null, examples: this.#examples };
  }
}
