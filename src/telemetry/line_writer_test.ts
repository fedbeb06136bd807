import { assert, assertEquals, assertLess } from "@std/assert";
import { LineWriter, type Sink } from "./line_writer.ts";

const MIB = 1024 * 1024;

/** A sink that takes bytes when the test lets it, as many at a time as the test says. */
class TestSink implements Sink {
  readonly pieces: string[] = [];
  /** Awaited before each write; what it throws, the write throws. */
  gate: () => Promise<void> = () => Promise.resolve();
  most = Infinity;

  async write(bytes: Uint8Array): Promise<number> {
    await this.gate();
    const taken = bytes.subarray(0, Math.min(bytes.length, this.most));
    this.pieces.push(new TextDecoder("latin1").decode(taken));
    return taken.length;
  }

  get text(): string {
    return this.pieces.join("");
  }
}

Deno.test("lines of one moment leave in order and in one piece", async () => {
  const sink = new TestSink();
  const writer = new LineWriter(sink);
  for (const line of ["one", "two", "three"]) writer.write(line);
  await writer.flush();
  assertEquals(sink.pieces, ["one\ntwo\nthree\n"]);
  assertEquals(writer.lost, 0);
});

Deno.test("a sink that takes a few bytes at a time gets all of them", async () => {
  const sink = new TestSink();
  sink.most = 3;
  const writer = new LineWriter(sink);
  writer.write("a longer line");
  writer.write("ü");
  await writer.flush();
  assertEquals(sink.text, "a longer line\n\xc3\xbc\n");
  assert(sink.pieces.length > 1);
});

Deno.test("flush resolves at once when nothing waits", async () => {
  const sink = new TestSink();
  await new LineWriter(sink).flush();
  assertEquals(sink.pieces, []);
});

Deno.test("lines that come while a slow sink is busy follow in order", async () => {
  const sink = new TestSink();
  const open = Promise.withResolvers<void>();
  const busy = Promise.withResolvers<void>();
  sink.gate = () => {
    busy.resolve();
    return open.promise;
  };
  const writer = new LineWriter(sink);
  writer.write("one");
  await busy.promise;
  writer.write("two");
  writer.write("three");
  assertEquals(sink.pieces, []);
  open.resolve();
  await writer.flush();
  assertEquals(sink.pieces, ["one\n", "two\nthree\n"]);
});

Deno.test("a sink that stalls costs bounded memory, and later lines are counted as dropped", async () => {
  const sink = new TestSink();
  const open = Promise.withResolvers<void>();
  sink.gate = () => open.promise;
  const writer = new LineWriter(sink);
  const line = "x".repeat(1023);
  for (let i = 0; i < 5000; i++) writer.write(line);
  assert(writer.lost > 0);
  open.resolve();
  await writer.flush();
  assertLess(sink.text.length, 2 * MIB + 1);
  assertEquals(sink.text.length, (5000 - writer.lost) * 1024);

  const lost = writer.lost;
  writer.write("again");
  await writer.flush();
  assertEquals(writer.lost, lost);
  assertEquals(sink.pieces.at(-1), "again\n");
});

/** A writer that says what was lost, as the program's does. */
function tellingWriter(sink: Sink): LineWriter {
  const writer = new LineWriter(sink, {
    onLost: (lines, reason) => writer.write(`lost ${lines}: ${reason}`),
  });
  return writer;
}

Deno.test("after a failed write the next one goes out, behind a line that says what was lost", async () => {
  const sink = new TestSink();
  sink.gate = () => Promise.reject(new Deno.errors.BrokenPipe("gone"));
  const writer = tellingWriter(sink);
  writer.write("one");
  writer.write("two");
  await writer.flush();
  writer.write("three");
  await writer.flush();
  assertEquals(writer.lost, 3);

  sink.gate = () => Promise.resolve();
  writer.write("four");
  await writer.flush();
  assertEquals(sink.text, "lost 3: gone\nfour\n");
  writer.write("five");
  await writer.flush();
  assertEquals(sink.text, "lost 3: gone\nfour\nfive\n");
  assertEquals(writer.lost, 3);
});

Deno.test("a writer whose sink failed tries again by itself, though no line comes", async () => {
  const sink = new TestSink();
  const written = Promise.withResolvers<void>();
  let writes = 0;
  sink.gate = () => {
    if (++writes < 3) return Promise.reject(new Error("full"));
    written.resolve();
    return Promise.resolve();
  };
  const writer = tellingWriter(sink);
  writer.write("one");
  await written.promise;
  await writer.flush();
  assertEquals(sink.text, "lost 1: full\n");
});

Deno.test("a line that a failed write has torn stays apart from the next one", async () => {
  const sink = new TestSink();
  sink.most = 6;
  let writes = 0;
  sink.gate = () =>
    ++writes === 2 ? Promise.reject(new Error("full")) : Promise.resolve();
  const writer = tellingWriter(sink);
  for (const line of ["one", "two", "three"]) writer.write(line);
  await writer.flush();
  assertEquals(writer.lost, 2);
  writer.write("four");
  await writer.flush();
  assertEquals(sink.text, "one\ntw\nlost 2: full\nfour\n");
});

Deno.test("lines that were lost elsewhere are counted and told of, too", async () => {
  const sink = new TestSink();
  const writer = tellingWriter(sink);
  writer.addLost(0);
  writer.addLost(7);
  await writer.flush();
  assertEquals(writer.lost, 7);
  assertEquals(sink.text, "lost 7: nobody read them in time\n");
});

Deno.test("a full pipe that does not wait is tried again, and no line is lost", async () => {
  const sink = new TestSink();
  let failures = 0;
  sink.most = 4;
  sink.gate = () =>
    failures++ < 3
      ? Promise.reject(new Deno.errors.WouldBlock("full"))
      : Promise.resolve();
  const writer = new LineWriter(sink);
  writer.write("one");
  writer.write("two");
  await writer.flush();
  assertEquals(sink.text, "one\ntwo\n");
  assertEquals(writer.lost, 0);
});
