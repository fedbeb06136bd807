/**
 * What a service is created from besides its options. The main thread reads
 * files and records them; a worker creates the same service from the record.
 *
 * @module
 */

import type { Labels, Resources } from "./service.ts";

/** What was read for a service, and what it counts: in memory that the threads share, since to post it is to copy it. */
export interface ResourceRecord {
  /** The files, by the name or address that was asked for. */
  readonly files: Map<string, Uint8Array<SharedArrayBuffer>>;
  /** The number that {@linkcode Resources.count} gives next. */
  readonly counter: SharedArrayBuffer;
  /** The name of the service in the config file. */
  readonly service: string;
  /** Labels from the command line. */
  readonly labels: Labels;
}

/** The record of a service for which nothing was read. */
export function emptyRecord(
  service: string,
  labels: Labels = {},
): ResourceRecord {
  return {
    service,
    labels,
    files: new Map(),
    counter: new SharedArrayBuffer(Uint32Array.BYTES_PER_ELEMENT),
  };
}

/** Resources that are read now, and recorded. */
export class RecordingResources implements Resources {
  readonly record: ResourceRecord;
  readonly service: string;
  readonly labels: Labels;
  readonly count: () => number;
  /** Says which files were read, and what they held. */
  fingerprint = "";
  readonly #read: RecordingResources["readFile"];

  /**
   * @param record An empty one.
   * @param read Reads a file.
   */
  constructor(
    record: ResourceRecord,
    read: (
      file: string | URL,
      maxBytes: number,
    ) => Promise<Uint8Array<ArrayBuffer>>,
  ) {
    this.record = record;
    this.service = record.service;
    this.labels = record.labels;
    this.count = counterOf(record);
    this.#read = read;
  }

  async readFile(
    file: string | URL,
    maxBytes: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = await this.#read(file, maxBytes);
    this.record.files.set(String(file), shared(bytes));
    // What comes with the program does not change.
    this.fingerprint += ` ${file instanceof URL ? file : await digest(bytes)}`;
    return bytes;
  }
}

/** The resources that another thread recorded. */
export function replay(record: ResourceRecord): Resources {
  return {
    readFile(file) {
      const bytes = record.files.get(String(file));
      return bytes
        ? Promise.resolve(bytes)
        : Promise.reject(new TypeError(`"${file}" was not read before`));
    },
    count: counterOf(record),
    service: record.service,
    labels: record.labels,
  };
}

function counterOf({ counter }: ResourceRecord): () => number {
  const numbers = new Uint32Array(counter);
  return () => Atomics.add(numbers, 0, 1);
}

function shared(bytes: Uint8Array): Uint8Array<SharedArrayBuffer> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(hash).join();
}
