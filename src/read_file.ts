/**
 * Reading files that people name: bounded, and with errors that say what is wrong.
 *
 * @module
 */

import { pathToFileURL } from "node:url";

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
    return await readAtMost(await open(file), maxBytes);
  } catch (error) {
    throw new Error(explain(error), { cause: error });
  }
}

/** Opens a file. To open a pipe is to wait for its writer, and in Deno 2.5 `Deno.open` waits with all of the program; `fetch` does not. */
async function open(file: string | URL): Promise<ReadableStream<Uint8Array>> {
  const { isFifo } = await Deno.stat(file);
  if (!isFifo) return (await Deno.open(file)).readable;
  return (await fetch(file instanceof URL ? file : pathToFileURL(file))).body!;
}

async function readAtMost(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
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
