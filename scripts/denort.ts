/** What `deno compile` puts right behind the runtime, before the program. */
const PROGRAM_MARK = "d3n0l4nd";

/** Size of the header of a 64-bit ELF file. */
const HEADER_BYTES = 64;

/**
 * Finds the runtime (`denort`) in an executable for Linux that `deno compile`
 * made: the runtime is a whole ELF file that ends with its section headers, and
 * the compiled program is appended to it.
 *
 * @param executable the bytes of the executable
 * @returns the length of the runtime, which starts at the first byte
 * @throws {Error} if the bytes are no such executable
 */
export function denortEnd(executable: Uint8Array): number {
  const view = new DataView(
    executable.buffer,
    executable.byteOffset,
    executable.byteLength,
  );
  if (view.byteLength < HEADER_BYTES || view.getUint32(0) !== 0x7f454c46) {
    throw new Error("Cannot find the runtime: not an ELF file");
  }
  if (view.getUint8(4) !== 2 || view.getUint8(5) !== 1) {
    throw new Error("Cannot find the runtime: not 64-bit little-endian");
  }
  const sectionHeaders = Number(view.getBigUint64(0x28, true)); // e_shoff
  const size = view.getUint16(0x3a, true); // e_shentsize
  const count = view.getUint16(0x3c, true); // e_shnum
  const end = sectionHeaders + size * count;
  if (sectionHeaders < HEADER_BYTES || end > view.byteLength) {
    throw new Error(
      `Cannot find the runtime: section headers end at ${end} of ${view.byteLength} bytes`,
    );
  }
  const mark = executable.subarray(end, end + PROGRAM_MARK.length);
  if (new TextDecoder().decode(mark) !== PROGRAM_MARK) {
    throw new Error(
      `Cannot find the runtime: no compiled program follows it at ${end}`,
    );
  }
  return end;
}
