/**
 * Reading files that people name: bounded, and with errors that say what is wrong.
 *
 * @module
 */

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
    using opened = await Deno.open(file);
    return await readAtMost(opened, maxBytes);
  } catch (error) {
    throw new Error(explain(error), { cause: error });
  }
}

async function readAtMost(
  opened: Deno.FsFile,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of opened.readable) {
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
