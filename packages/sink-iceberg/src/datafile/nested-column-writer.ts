import type { Field } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import type { WrittenChunk } from '../parquet/column-chunk-writer.ts';
import type { ColumnChunk } from '../parquet/file-metadata.ts';
import type { NodeLevels } from '../parquet/node-levels.ts';
import { memberLevels, optionalLevels, rootLevels } from '../parquet/node-levels.ts';
import type { Compress, PageSink } from '../parquet/page-sink.ts';
import { physicalType } from '../parquet/physical-type.ts';
import type { ColumnBuffer } from './column-buffer.ts';
import type { EncodeMemory } from './encode-memory.ts';
import type { FixedBuffer } from './fixed-buffer.ts';
import { checkRange, columnValues } from './flat-column.ts';
import { ListBuffer, StructBuffer } from './nested-buffer.ts';
import { requiredNull } from './refused-value.ts';
import type { TextBuffer } from './text-buffer.ts';

// A level is one byte.
const HIGHEST_LEVEL = 255;

/** Is told of a leaf after it was written, if only structs are around it: what is inside lists and maps is not measured. */
export type LeafListener = (field: Field, buffer: FixedBuffer | TextBuffer, extremes: WrittenChunk['extremes']) => void;

/** A node of a nested column. */
interface NestedNode {
  field: Field;
  /** Names of the nodes in the file, those of lists and maps included. */
  path: readonly string[];
  /** What people call it: names with points. */
  title: string;
  buffer: ColumnBuffer;
  /** Around it. */
  levels: NodeLevels;
  /** How many of its rows are null because of what is around it. */
  nullsAround: number;
  /** Its own levels, where they are known. */
  ownLevels?: NodeLevels | undefined;
}

/** Where the leaves of a column go. */
interface NestedOutput {
  sink: PageSink;
  chunks: ColumnChunk[];
  onLeaf: LeafListener | undefined;
}

/** Writes structs, lists and maps leaf by leaf: levels are made of validity and list offsets, values are encoded as those of any other column. */
export class NestedColumnWriter {
  readonly #memory: EncodeMemory;
  readonly #compress: Compress;

  constructor(memory: EncodeMemory, compress: Compress) {
    this.#memory = memory;
    this.#compress = compress;
  }

  /**
   * Writes all rows of a column.
   *
   * @param onLeaf Called after each leaf that has only structs around it, if any.
   * @returns One chunk per leaf, depth first.
   * @throws {CalveError} `ICEBERG_REQUIRED_NULL`; `ICEBERG_VALUE_RANGE`: a decimal with more digits than its type;
   *   `CONTRACT_UNSUPPORTED`: more than 255 optional and repeated nodes are inside one another.
   */
  async write(sink: PageSink, field: Field, buffer: ColumnBuffer, onLeaf?: LeafListener): Promise<ColumnChunk[]> {
    const chunks: ColumnChunk[] = [];
    const levels = rootLevels(buffer.rows);
    const node = { field, path: [field.name], title: field.name, buffer, levels, nullsAround: 0 };
    await this.#writeNode({ sink, chunks, onLeaf }, node);
    return chunks;
  }

  async #writeNode(output: NestedOutput, node: NestedNode): Promise<void> {
    const { field, title, buffer, levels, nullsAround } = node;
    if (field.required && buffer.nulls > nullsAround) throw requiredNull(title);
    const { levels: memory } = this.#memory;
    const mark = memory.mark();
    const own = node.ownLevels ?? (field.required ? levels : optionalLevels(levels, buffer, memory));
    if (buffer instanceof StructBuffer) await this.#writeMembers(output, node, buffer, own);
    else if (buffer instanceof ListBuffer) await this.#writeList(output, node, buffer, memberLevels(own, buffer, memory));
    else await this.#writeLeaf(output, node, buffer, own);
    memory.release(mark);
  }

  async #writeMembers(
    output: NestedOutput,
    { field: { type }, path, title }: NestedNode,
    { children, nulls }: StructBuffer,
    levels: NodeLevels,
  ): Promise<void> {
    const members = type.kind === 'struct' ? type.fields : [];
    // Members that are null only where the struct is have the same levels.
    let full: NodeLevels | undefined;
    for (const [index, field] of members.entries()) {
      const { name } = field;
      const buffer = children[index]!;
      const isFull = !field.required && buffer.nulls === nulls;
      if (isFull) full ??= optionalLevels(levels, buffer, this.#memory.levels);
      const ownLevels = isFull ? full : undefined;
      const inner = { field, path: [...path, name], title: `${title}.${name}`, buffer, levels, nullsAround: nulls, ownLevels };
      await this.#writeNode(output, inner);
    }
  }

  async #writeList(
    output: NestedOutput,
    { field: { type }, path, title }: NestedNode,
    { element }: ListBuffer,
    levels: NodeLevels,
  ): Promise<void> {
    const write = (field: Field, group: string, name: string, buffer: ColumnBuffer): Promise<void> =>
      this.#writeNode(output, {
        field,
        path: [...path, group, name],
        title: `${title}.${name}`,
        buffer,
        levels,
        nullsAround: 0,
      });
    if (type.kind === 'list') await write(type.element, 'list', 'element', element);
    if (type.kind !== 'map' || !(element instanceof StructBuffer)) return;
    // An entry that is null would have a key that is null.
    await write({ ...type.key, required: true }, 'key_value', 'key', element.children[0]!);
    await write(type.value, 'key_value', 'value', element.children[1]!);
  }

  async #writeLeaf(
    { sink, chunks, onLeaf }: NestedOutput,
    { field, path, title }: NestedNode,
    buffer: FixedBuffer | TextBuffer,
    levels: NodeLevels,
  ): Promise<void> {
    if (levels.highestDefinition > HIGHEST_LEVEL)
      throw new CalveError('CONTRACT_UNSUPPORTED', `The column "${path[0]}" is nested too deeply for a data file.`, {
        recovery: 'fix-input',
      });
    const { type, required } = field;
    const leaf = { path, type: physicalType(type)!, isText: type.kind === 'string', required };
    const { chunk, extremes } = await this.#memory.chunks.write(sink, leaf, columnValues(buffer), this.#compress, levels);
    checkRange({ ...field, name: title }, buffer, extremes);
    if (levels.highestRepetition === 0) onLeaf?.(field, buffer, extremes);
    chunks.push(chunk);
  }
}
