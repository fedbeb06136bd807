/**
 * Files for one test.
 *
 * @module
 */

/** A folder that goes, with all in it, when it goes out of scope (`using`). */
export class TempFolder implements Disposable {
  readonly path: string = Deno.makeTempDirSync();

  /** The path of a file in the folder, there or not. */
  file(name: string): string {
    return `${this.path}/${name}`;
  }

  /** Writes a file, and returns its path. */
  write(name: string, content: string | Uint8Array): string {
    const bytes = typeof content === "string"
      ? new TextEncoder().encode(content)
      : content;
    Deno.writeFileSync(this.file(name), bytes);
    return this.file(name);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
