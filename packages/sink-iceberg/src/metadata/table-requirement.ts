/**
 * What must hold of a table for a commit to be applied, as the REST protocol writes it.
 *
 * @see https://github.com/apache/iceberg/blob/main/open-api/rest-catalog-open-api.yaml (`TableRequirement`, 1.11.0)
 */
export type TableRequirement =
  /** The table does not exist. */
  | { type: 'assert-create' }
  | { type: 'assert-table-uuid'; uuid: string }
  /** `null`: the branch or tag does not exist. */
  | { type: 'assert-ref-snapshot-id'; ref: string; 'snapshot-id': bigint | null }
  | { type: 'assert-last-assigned-field-id'; 'last-assigned-field-id': number }
  | { type: 'assert-current-schema-id'; 'current-schema-id': number }
  | { type: 'assert-last-assigned-partition-id'; 'last-assigned-partition-id': number }
  | { type: 'assert-default-spec-id'; 'default-spec-id': number }
  | { type: 'assert-default-sort-order-id'; 'default-sort-order-id': number };
