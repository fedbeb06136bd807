/**
 * Reading files that people name: bounded, and with errors that say what is wrong.
 *
 * @module
 */

const CHUNK_BYTES = 64 * 1024;

/**
 * Reads a whole file, a pipe included, of at most `maxBytes` bytes.
 *
 * @throws {Error} When it cannot be read or is larger; the message says which, without the file's name.
 */
export async function readFile(
  file: string | URL,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readAtMost(chunksOf(file), maxBytes);
  } catch (error) {
    throw new Error(explain(error), { cause: error });
  }
}

/** Reads a file piece by piece. To open a pipe is to wait for its writer, and in Deno 2.5 `Deno.open` waits with all of the program; `fetch` does not. */
async function* chunksOf(file: string | URL): AsyncIterable<Uint8Array> {
  const { isFifo } = await Deno.stat(file);
  if (isFifo) {
    const { pathToFileURL } = await import("node:url");
    const url = file instanceof URL ? file : pathToFileURL(file);
    yield* (await fetch(url)).body!;
    return;
  }
  // Not its stream: to load what Deno has for streams takes longer than to read a config.
  using opened = await Deno.open(file);
  while (true) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const length = await opened.read(chunk);
    if (length === null) return;
    yield chunk.subarray(0, length);
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

function explain(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  // Deno itself refuses /dev/stdin, /proc and their like to programs that may not do everything.
  if (error instanceof Deno.errors.NotCapable) {
    return "not a file that mynah may read";
  }
  if (error instanceof Deno.errors.NotADirectory) return "no such file";
  if (error instanceof Deno.errors.IsADirectory) return "is a folder";
  return error instanceof Error ? error.message : String(error);
}
