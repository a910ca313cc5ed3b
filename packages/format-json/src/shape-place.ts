import type { ColumnStatistics, StatisticsCollector, ValueShape } from '@calve/core/plugin';
import { mergeValueShapes } from '@calve/core/plugin';
import type { KeyTable } from './key-table.ts';

/** What stood at one place and all below it, while records go by. */
export class ShapePlace {
  readonly name: string;
  /** Among the members of its place. */
  readonly position: number;
  nulls = 0;
  scalars = 0;
  objects = 0;
  arrays = 0;
  /** Of the object in which it was met last. */
  object = 0;
  readonly first: ValueShape['first'] = {};
  statistics: StatisticsCollector | null = null;
  keys: KeyTable | null = null;
  readonly members: ShapePlace[] = [];
  anyMember: ShapePlace | null = null;
  element: ShapePlace | null = null;

  constructor(name: string, position: number) {
    this.name = name;
    this.position = position;
  }

  /** All values so far were objects, whose members are told apart. */
  get isStruct(): boolean {
    return this.objects > 0 && this.arrays + this.scalars === 0 && this.anyMember === null;
  }

  /** All values so far were arrays, and not all of them empty. */
  get isList(): boolean {
    return this.arrays > 0 && this.objects + this.scalars === 0 && this.element !== null;
  }

  finish(): ValueShape {
    const { nulls, scalars, objects, arrays, first } = this;
    const statistics: ColumnStatistics | undefined = this.statistics?.finish();
    const members = this.members.map((member) => ({ name: member.name, shape: member.finish() }));
    // The values of a map are those of all its members.
    const anyMember = this.anyMember
      ? [...members.map(({ shape }) => shape), this.anyMember.finish()].reduce(mergeValueShapes)
      : undefined;
    return {
      nulls,
      scalars,
      objects,
      arrays,
      first,
      ...(statistics ? { statistics } : {}),
      ...(members.length > 0 ? { members } : {}),
      ...(anyMember ? { anyMember } : {}),
      ...(this.element ? { element: this.element.finish() } : {}),
    };
  }
}
