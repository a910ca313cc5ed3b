import type { ObservedUnitResult } from './observation-cache.ts';

/** More kinds of files than that are told apart afresh. */
const mostKinds = 200;

/**
 * Keeps once what looks into many files say alike: how they are read, and columns of which no more is known than their names and types. Thousands of
 * files of one kind take the memory of one.
 */
export class SharedLooks {
  readonly #readings = new Map<string, Pick<ObservedUnitResult, 'plan'> & Pick<ObservedUnitResult['observation'], 'facts'>>();
  readonly #fields = new Map<string, ObservedUnitResult['observation']['fields']>();

  /** The same look, parts of which may be those of an earlier one. */
  shared({ format, plan, observation }: ObservedUnitResult): ObservedUnitResult {
    const { facts, fields } = observation;
    const reading = known(this.#readings, JSON.stringify([plan, facts]), { plan, facts });
    const isPlain = fields.every(({ statistics, shape, evidence }) => !statistics && !shape && evidence.length === 0);
    const sharedFields = isPlain ? known(this.#fields, JSON.stringify(fields), fields) : fields;
    return { format, plan: reading.plan, observation: { ...observation, facts: reading.facts, fields: sharedFields } };
  }
}

function known<Value>(values: Map<string, Value>, key: string, value: Value): Value {
  const earlier = values.get(key);
  if (earlier === undefined) {
    if (values.size === mostKinds) values.clear();
    values.set(key, value);
  }
  return earlier ?? value;
}
