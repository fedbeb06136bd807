/**
 * Reading files that people name: bounded, and with errors that say what is wrong.
 *
 * @module
 */

import { delay } from "./time.ts";
import { reasonOf } from "./reason.ts";

const CHUNK_BYTES = 64 * 1024;

/** A pipe that has nothing to read yet is asked again after this. */
const PIPE_RETRY_MS = 20;

/** Its file cannot be opened by name: Deno refuses it to programs that may not do everything. */
const STANDARD_INPUT = "/dev/stdin";

/** A pipe without a name, as `<(command)` makes: nobody can open it for writing later. */
const UNNAMED_PIPE = /^\/dev\/fd\//;

/**
 * Reads a whole file, a pipe included, of at most `maxBytes` bytes. Waits for the
 * writer of a pipe for as long as `signal` lets it; that costs no thread.
 *
 * @throws {Error} When it cannot be read or is larger; the message says which, without the file's name.
 */
export async function readFile(
  file: string | URL,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readAtMost(open(file, signal), maxBytes);
  } catch (error) {
    throw new Error(fileReason(error), { cause: error });
  }
}

function open(
  file: string | URL,
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  // What comes with the program is a file: to load what Deno has for Node would take longer than to read it.
  if (file instanceof URL) return chunksOfBundled(file);
  return file === STANDARD_INPUT
    ? chunksOf(Deno.stdin)
    : chunksOfNamed(file, signal);
}

async function* chunksOfBundled(file: URL): AsyncIterable<Uint8Array> {
  using opened = await Deno.open(file);
  yield* chunksOf(opened);
}

async function* chunksOf(
  source: { read(buffer: Uint8Array): Promise<number | null> },
): AsyncIterable<Uint8Array> {
  while (true) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const length = await source.read(chunk);
    if (length === null) return;
    yield chunk.subarray(0, length);
  }
}

/**
 * Opens a file once and inspects the open file, because the name may refer to
 * another file at any moment. It opens without blocking, which `Deno.open` cannot
 * do: opening a pipe would wait for its writer, in a thread that nothing can end,
 * and with Deno 2.5 the whole program would wait.
 */
async function* chunksOfNamed(
  file: string,
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  // A file system that does not answer stops here, where Deno waits in a thread of its own.
  await Deno.stat(file);
  signal?.throwIfAborted();
  const { constants } = await import("node:fs");
  const fs = await import("node:fs/promises");
  // Windows has neither the flag nor such pipes.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  const opened = await fs.open(file, flags);
  try {
    const stat = await opened.stat();
    if (stat.isDirectory()) throw new Deno.errors.IsADirectory();
    // A pipe whose writer has not come yet gives what one gives that has ended: nothing.
    let waits = stat.isFIFO() && !UNNAMED_PIPE.test(file);
    while (true) {
      signal?.throwIfAborted();
      const chunk = new Uint8Array(CHUNK_BYTES);
      const length = await readSome(opened, chunk);
      if (length === undefined || (length === 0 && waits)) {
        await delay(PIPE_RETRY_MS);
        continue;
      }
      if (length === 0) return;
      waits = false;
      yield chunk.subarray(0, length);
    }
  } finally {
    await opened.close();
  }
}

/** Reads what there is. Resolves to `undefined` when a pipe's writer has nothing yet, and to 0 at the end. */
async function readSome(
  file: {
    read(
      buffer: Uint8Array,
      offset: number,
      length: number,
      position: null,
    ): Promise<{ bytesRead: number }>;
  },
  buffer: Uint8Array,
): Promise<number | undefined> {
  try {
    return (await file.read(buffer, 0, buffer.length, null)).bytesRead;
  } catch (error) {
    if (codeOf(error) === "EAGAIN") return undefined;
    throw error;
  }
}

async function readAtMost(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new Error(`is larger than ${maxBytes / 1024 / 1024} MiB`);
    }
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/** The name that the system has for an error, such as `ENOENT`. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error
    ? String(error.code)
    : undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOTDIR: "no such file",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "is a folder",
};

function fileReason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return REASONS.ENOENT;
  if (error instanceof Deno.errors.PermissionDenied) return REASONS.EACCES;
  // Deno refuses /proc and similar files to programs without all permissions.
  if (error instanceof Deno.errors.NotCapable) {
    return "not a file that mynah may read";
  }
  if (error instanceof Deno.errors.NotADirectory) return REASONS.ENOTDIR;
  if (error instanceof Deno.errors.IsADirectory) return REASONS.EISDIR;
  const reason = REASONS[codeOf(error) ?? ""];
  return reason ?? reasonOf(error);
}
