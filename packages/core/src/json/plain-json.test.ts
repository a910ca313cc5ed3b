import { describe, expectTypeOf, it } from 'vitest';
import type { Head } from '../checkpoint/checkpoint-store.ts';
import type { CommitIntent } from '../checkpoint/commit-intent.ts';
import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { ColumnType, Field } from '../columns/column-type.ts';
import type { CalveError, CalveErrorData } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Observation } from '../format/observation.ts';
import type { IngestionPlan, Program } from '../plan/ingestion-plan.ts';
import type { Expression } from '../projection/projection.ts';
import type { RunEvent, RunResult } from '../run/run-event.ts';
import type { CommitOutcome } from '../sink/commit-outcome.ts';
import type { ChangePlan, Prepared, TableEvidence, TableState } from '../sink/sink.ts';
import type { InputUnit } from '../source/input-unit.ts';
import type { IngestionSpec } from '../spec/ingestion-spec.ts';
import type { SpecIssue } from '../spec/spec-issue.ts';
import type { IsPlainJson, Json } from './json.ts';

// The compiler runs these tests; a type that is no plain JSON makes `IsPlainJson` never.
describe('IsPlainJson', () => {
  it('holds for what a host stores, sends to another process or shows', () => {
    expectTypeOf<IsPlainJson<IngestionSpec>>().toEqualTypeOf<true>();
    expectTypeOf<IsPlainJson<SpecIssue>>().toEqualTypeOf<true>();
    expectTypeOf<IsPlainJson<IngestionPlan>>().toEqualTypeOf<true>();
    expectTypeOf<IsPlainJson<Program>>().toEqualTypeOf<true>();
    expectTypeOf<IsPlainJson<CommitIntent>>().toEqualTypeOf<true>();
    expectTypeOf<IsPlainJson<Head>>().toEqualTypeOf<true>();
    expectTypeOf<IsPlainJson<UnitRecord>>().toEqualTypeOf<true>();
    expectTypeOf<IsPlainJson<InputUnit>>().toEqualTypeOf<true>();
    expectTypeOf<IsPlainJson<Observation>>().toEqualTypeOf<true>();
    expectTypeOf<IsPlainJson<RunEvent>>().toEqualTypeOf<true>();
    expectTypeOf<IsPlainJson<RunResult>>().toEqualTypeOf<true>();
    expectTypeOf<IsPlainJson<CalveErrorData>>().toEqualTypeOf<true>();
    expectTypeOf<IsPlainJson<Diagnostic>>().toEqualTypeOf<true>();
    expectTypeOf<IsPlainJson<TableState>>().toEqualTypeOf<true>();
    expectTypeOf<IsPlainJson<TableEvidence>>().toEqualTypeOf<true>();
    expectTypeOf<IsPlainJson<ChangePlan>>().toEqualTypeOf<true>();
    expectTypeOf<IsPlainJson<Prepared>>().toEqualTypeOf<true>();
    expectTypeOf<IsPlainJson<CommitOutcome>>().toEqualTypeOf<true>();
  });

  it('holds for recursive types', () => {
    expectTypeOf<IsPlainJson<Json>>().toEqualTypeOf<true>();
    expectTypeOf<IsPlainJson<ColumnType>>().toEqualTypeOf<true>();
    expectTypeOf<IsPlainJson<Field>>().toEqualTypeOf<true>();
    expectTypeOf<IsPlainJson<Expression>>().toEqualTypeOf<true>();
  });

  it('refuses what JSON loses or cannot write', () => {
    expectTypeOf<IsPlainJson<bigint>>().toBeNever();
    expectTypeOf<IsPlainJson<Date>>().toBeNever();
    expectTypeOf<IsPlainJson<Map<string, string>>>().toBeNever();
    expectTypeOf<IsPlainJson<Set<string>>>().toBeNever();
    expectTypeOf<IsPlainJson<Uint8Array>>().toBeNever();
    expectTypeOf<IsPlainJson<ArrayBuffer>>().toBeNever();
    expectTypeOf<IsPlainJson<() => void>>().toBeNever();
    expectTypeOf<IsPlainJson<symbol>>().toBeNever();
    expectTypeOf<IsPlainJson<undefined>>().toBeNever();
    expectTypeOf<IsPlainJson<unknown>>().toBeNever();
    expectTypeOf<IsPlainJson<CalveError>>().toBeNever();
  });

  it('refuses it in one member of a union, one field, one item or deep inside a recursive type', () => {
    interface Tree {
      value: bigint;
      children: Tree[];
    }
    expectTypeOf<IsPlainJson<string | bigint>>().toBeNever();
    expectTypeOf<IsPlainJson<{ good: string; bad: bigint }>>().toBeNever();
    expectTypeOf<IsPlainJson<{ good: string; bad?: Date }>>().toBeNever();
    expectTypeOf<IsPlainJson<{ lost: string | undefined }>>().toBeNever();
    expectTypeOf<IsPlainJson<{ any: unknown }>>().toBeNever();
    expectTypeOf<IsPlainJson<(string | Date)[]>>().toBeNever();
    expectTypeOf<IsPlainJson<readonly [string, bigint]>>().toBeNever();
    expectTypeOf<IsPlainJson<Record<string, Map<string, string>>>>().toBeNever();
    expectTypeOf<IsPlainJson<{ kind: 'a' } | { kind: 'b'; at: Date }>>().toBeNever();
    expectTypeOf<IsPlainJson<Tree>>().toBeNever();
  });
});
