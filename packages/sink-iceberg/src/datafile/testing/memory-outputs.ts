import type { OutputFile, WriterPorts } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import type { DataFileSource } from '../file-bytes.ts';

/** Ports of a table writer that keep files in memory. */
export interface MemoryOutputs extends WriterPorts {
  /** Content of finished files, by path, in the order in which they were opened. */
  readonly files: Map<string, Uint8Array>;
  /** Paths that are open now, and the most that were open at one time. */
  readonly open: Set<string>;
  mostOpen: number;
  /** The largest chunk that was written at once. */
  largestChunk: number;
}

/** Empty outputs. A chunk is copied and then destroyed as far as the writer may reuse it: it must not count on its content. */
export function memoryOutputs(): MemoryOutputs {
  const files = new Map<string, Uint8Array>();
  const open = new Set<string>();
  const outputs: MemoryOutputs = {
    files,
    open,
    mostOpen: 0,
    largestChunk: 0,
    async openOutput(name: string): Promise<OutputFile> {
      if (files.has(name)) throw new CalveError('ICEBERG_FILE_EXISTS', `${name} exists already.`);
      const chunks: Uint8Array[] = [];
      files.set(name, new Uint8Array(0));
      open.add(name);
      outputs.mostOpen = Math.max(outputs.mostOpen, open.size);
      return {
        async write(chunk) {
          chunks.push(chunk.slice());
          outputs.largestChunk = Math.max(outputs.largestChunk, chunk.length);
          chunk.fill(0xaa);
        },
        async finish() {
          files.set(name, new Uint8Array(Buffer.concat(chunks)));
          open.delete(name);
        },
        async abort() {
          files.delete(name);
          open.delete(name);
        },
      };
    },
  };
  return outputs;
}

/** A file in memory, read at most 1,000 bytes at a time. */
export function memorySource(bytes: Uint8Array): DataFileSource & { isClosed: boolean } {
  return {
    sizeBytes: bytes.length,
    isClosed: false,
    read(target, offset) {
      const part = bytes.subarray(offset, Math.min(offset + 1000, offset + target.length));
      target.set(part);
      return part.length;
    },
    async close() {
      this.isClosed = true;
    },
  };
}
