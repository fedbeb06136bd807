import { assertEquals, assertInstanceOf } from "@std/assert";
import { BaseHandler, type LevelName, Logger, type LogRecord } from "@std/log";

class Memory extends BaseHandler {
  readonly lines: string[] = [];

  constructor(level: LevelName, formatter: (record: LogRecord) => string) {
    super(level, { formatter });
  }

  override log(line: string): void {
    this.lines.push(line);
  }
}

/** The lines of a handler after a message at every level. */
function linesAt(logger: LevelName, handler: LevelName): string[] {
  const memory = new Memory(handler, ({ levelName, msg }) => levelName + msg);
  const log = new Logger("name", logger, { handlers: [memory] });
  log.debug(":d");
  log.info(":i");
  log.warn(":w");
  log.error(":e");
  return memory.lines;
}

Deno.test("Logger and handler leave out what is below their levels", () => {
  const all = ["DEBUG:d", "INFO:i", "WARN:w", "ERROR:e"];
  assertEquals(linesAt("DEBUG", "DEBUG"), all);
  assertEquals(linesAt("INFO", "DEBUG"), all.slice(1));
  assertEquals(linesAt("WARN", "DEBUG"), all.slice(2));
  assertEquals(linesAt("ERROR", "DEBUG"), all.slice(3));
  assertEquals(linesAt("DEBUG", "WARN"), all.slice(2));
});

Deno.test("Logger makes a record of message, arguments and time", () => {
  const records: LogRecord[] = [];
  const memory = new Memory("DEBUG", (record) => `${records.push(record)}`);
  const log = new Logger("name", "DEBUG", { handlers: [memory, memory] });
  const before = Date.now();
  const returned: string = log.warn("message", { a: 1 }, "b");

  assertEquals([returned, memory.lines], ["message", ["1", "2"]]);
  const [{ msg, args, level, levelName, loggerName, datetime }] = records;
  assertEquals([msg, args], ["message", [{ a: 1 }, "b"]]);
  assertEquals([level, levelName, loggerName], [30, "WARN", "name"]);
  assertInstanceOf(datetime, Date);
  assertEquals(datetime.getTime() - before < 1000, true);
});
