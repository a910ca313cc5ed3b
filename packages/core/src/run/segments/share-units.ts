import type { Portable, PortableDescription } from '../../context/portable.ts';
import { CalveError } from '../../errors/calve-error.ts';
import type { Splitting } from '../../format/decode-event.ts';
import type { TableWriter } from '../../sink/table-writer.ts';
import type { ObjectUnit } from '../../source/input-unit.ts';
import { pluginOf } from '../calve-configuration.ts';
import type { BatchUnits } from './batch-units.ts';
import type { BatchWork } from './batch-work.ts';
import type { SegmentShare } from './plan-segments.ts';
import type { ThreadSettings } from './segment-messages.ts';
import { type CannotWork, startThreads } from './segment-thread.ts';
import { SegmentWorkers, type SharedUnit } from './segment-workers.ts';
import { cutUnit, type SharedSegment, wholeUnit } from './shared-unit.ts';

/**
 * Starts threads for the units of a batch, where it is worth them.
 *
 * @param shares Of the units of the batch, in order. @param writer Of the accepted rows.
 * @returns null: the batch is small, or has files that only this thread can read.
 */
export async function shareUnits(
  batch: BatchWork,
  shares: readonly SegmentShare[],
  writer: TableWriter,
): Promise<BatchUnits | CannotWork | null> {
  const { plan, configuration, context } = batch.settings;
  const { workers: most, environment } = configuration;
  const units = plan.batch.units.map(({ unit, reader }, index) => {
    const splitting = splittingOf(batch, reader);
    const isShared = unit.kind === 'object' && !unit.replay && splitting.kind !== 'never';
    return isShared ? sharedUnit(batch, unit, reader, splitting, shares[index] as SegmentShare) : null;
  });
  const shared = units.filter((unit) => unit !== null);
  const segments = shared.reduce((sum, { cuts, endsSegment }, index) => {
    const isLast = endsSegment || index === shared.length - 1;
    return sum + (cuts > 0 ? cuts : isLast ? 1 : 0);
  }, 0);
  if (shared.length < units.length || segments < 2) return null;
  const settings = settingsOf(batch, writer);
  if ('why' in settings) return settings;
  const threads = await startThreads(Math.min(most, segments), environment, settings, (finding) => context.report(finding));
  if ('why' in threads) return threads;
  const workers = new SegmentWorkers(batch, shared, threads);
  const neighbours: SharedSegment = { current: null };
  return {
    isHere: false,
    async start(index) {
      const { cuts, endsSegment } = workers.unit(index);
      if (cuts > 0) return cutUnit(index, workers);
      return wholeUnit(index, endsSegment || index === shared.length - 1, workers, neighbours);
    },
    close: () => workers.close(),
  };
}

function splittingOf(batch: BatchWork, readerId: string): Splitting {
  const { format, plan } = batch.reader(readerId);
  return pluginOf('format', batch.settings.configuration.formats, format).split(plan);
}

function sharedUnit(
  batch: BatchWork,
  unit: ObjectUnit,
  reader: string,
  splitting: Splitting,
  { isCut, endsSegment }: SegmentShare,
): SharedUnit {
  const { segmentBytes } = batch.settings.configuration;
  // Who numbers the records has to read those before.
  const isNumbered = batch.projection(reader).rules.some((rule) => rule.kind === 'provenance' && rule.value === 'record');
  const quote = splitting.kind === 'records' ? splitting.quote : null;
  const cuts = isCut && !isNumbered ? Math.ceil(unit.sizeBytes / segmentBytes) : 0;
  return { unit, reader, cuts, quote, segmentBytes: isCut ? segmentBytes : null, endsSegment };
}

function settingsOf(batch: BatchWork, writer: TableWriter): ThreadSettings | CannotWork {
  const { plan, configuration, context } = batch.settings;
  const { tenant, runId, limits } = context;
  try {
    const readers: ThreadSettings['readers'] = {};
    for (const { id, format, plan: reader } of plan.program.readers) {
      const { decoder } = pluginOf('format', configuration.formats, format);
      if (plan.batch.units.some((unit) => unit.reader === id))
        readers[id] = { decoder: described(decoder), plan: reader, projection: batch.projection(id) };
    }
    return { tenant, runId, limits, readers, encoder: writer.parts ? described(writer.parts.encoder) : null };
  } catch (error) {
    // A part of a plugin cannot be loaded by a thread, as in a bundle.
    if (CalveError.is(error) && error.code === 'CONFIGURATION_INVALID') return { why: error.message };
    throw error;
  }
}

function described({ module, exportName, config }: Portable<unknown, never>): PortableDescription {
  return { module, exportName, config };
}
