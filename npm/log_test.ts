import {
  assertEquals,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertLessOrEqual,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  BaseHandler,
  getLogger,
  type LevelName,
  Logger,
  LogLevels,
  type LogRecord,
  setup,
} from "@std/log";

class Memory extends BaseHandler {
  readonly lines: string[] = [];
  readonly records: LogRecord[] = [];
  readonly events: string[] = [];

  override handle(record: LogRecord): void {
    this.records.push(record);
    super.handle(record);
  }

  log(msg: string): void {
    this.lines.push(msg);
  }

  override setup(): void {
    this.events.push("setup");
  }

  override destroy(): void {
    this.events.push("destroy");
  }
}

function memory(level: LevelName = "NOTSET"): { handler: Memory; log: Logger } {
  const handler = new Memory(level);
  return { handler, log: new Logger("own", "DEBUG", { handlers: [handler] }) };
}

Deno.test("LogLevels orders the levels by number", () => {
  assertEquals({ ...LogLevels }, {
    NOTSET: 0,
    DEBUG: 10,
    INFO: 20,
    WARN: 30,
    ERROR: 40,
    CRITICAL: 50,
  });
});

Deno.test("LogRecord holds what was logged and when", () => {
  const { handler, log } = memory();
  const before = Date.now();
  log.warn("hello", "x", { y: 1 });
  const record = handler.records[0];
  assertEquals(record.msg, "hello");
  assertEquals(record.args, ["x", { y: 1 }]);
  assertEquals(record.level, 30);
  assertEquals(record.levelName, "WARN");
  assertEquals(record.loggerName, "own");
  assertInstanceOf(record.datetime, Date);
  assertGreaterOrEqual(record.datetime.getTime(), before);
  assertLessOrEqual(record.datetime.getTime(), Date.now());
});

Deno.test("LogRecord cannot be changed through what it returns", () => {
  const { handler, log } = memory();
  log.info("", 1);
  const record = handler.records[0];
  record.args.push(2);
  record.datetime.setTime(0);
  assertEquals(record.args, [1]);
  assertGreaterOrEqual(record.datetime.getTime(), 1);
});

Deno.test("Logger passes records with level and name to its handlers", () => {
  const { handler, log } = memory();
  log.debug("a");
  log.info("b");
  log.warn("c");
  log.error("d");
  log.critical("e", 1, "two");
  assertEquals(handler.lines, [
    "DEBUG a",
    "INFO b",
    "WARN c",
    "ERROR d",
    "CRITICAL e",
  ]);
  assertEquals(handler.records[4].args, [1, "two"]);
  assertEquals(handler.records[4].loggerName, "own");
  assertEquals(log.loggerName, "own");
});

Deno.test("Logger leaves out what is below its level", () => {
  const { handler, log } = memory();
  log.levelName = "WARN";
  log.info("no");
  log.warn("yes");
  assertEquals(handler.lines, ["WARN yes"]);
  assertEquals(log.level, LogLevels.WARN);
  log.level = LogLevels.INFO;
  assertEquals(log.levelName, "INFO");
});

Deno.test("Logger returns the message, logged or not", () => {
  const { log } = memory();
  log.levelName = "INFO";
  const text: string = log.info("a");
  const number: number = log.debug(5);
  const lazy: string | undefined = log.error(() => "made");
  assertEquals([text, number, lazy], ["a", 5, "made"]);
});

Deno.test("Logger calls a message that is a function only if it is logged", () => {
  const { handler, log } = memory();
  log.levelName = "INFO";
  assertEquals(log.debug(() => "no"), undefined);
  assertEquals(log.info(() => "yes"), "yes");
  assertEquals(handler.lines, ["INFO yes"]);
});

Deno.test("Logger makes a text of any message", () => {
  const { handler, log } = memory();
  const error = new Error("broken");
  log.info(1);
  log.info(2n);
  log.info(null);
  log.info(undefined);
  log.info(true);
  log.info({ a: "b", c: [1] });
  log.info(error);
  assertEquals(handler.records.map((record) => record.msg), [
    "1",
    "2",
    "null",
    "undefined",
    "true",
    `{"a":"b","c":{"0":1}}`,
    error.stack,
  ]);
});

Deno.test("Logger refuses levels that do not exist", () => {
  const { log } = memory();
  assertThrows(
    () => new Logger("own", "LOUD" as LevelName),
    Error,
    "no level named LOUD",
  );
  assertThrows(
    () => log.level = 7 as typeof log.level,
    TypeError,
    "Invalid log level: 7",
  );
});

Deno.test("BaseHandler leaves out what is below its level", () => {
  const { handler, log } = memory("ERROR");
  log.warn("no");
  log.error("yes");
  assertEquals(handler.lines, ["ERROR yes"]);
  assertEquals(handler.levelName, "ERROR");
  assertEquals(handler.level, LogLevels.ERROR);
});

Deno.test("BaseHandler can change its level", () => {
  const { handler, log } = memory("ERROR");
  handler.levelName = "INFO";
  log.info("a");
  handler.level = LogLevels.WARN;
  log.info("b");
  assertEquals(handler.lines, ["INFO a"]);
  assertEquals(handler.levelName, "WARN");
});

Deno.test("BaseHandler formats with the formatter that it is given", () => {
  const handler = new Memory("NOTSET", {
    formatter: (record) => `${record.loggerName}: ${record.msg}`,
  });
  new Logger("own", "INFO", { handlers: [handler] }).info("a");
  assertEquals(handler.lines, ["own: a"]);
});

Deno.test("BaseHandler is destroyed at the end of using", () => {
  const handler = new Memory("INFO");
  {
    using _ = handler;
  }
  assertEquals(handler.events, ["destroy"]);
});

Deno.test("setup() makes the loggers that getLogger() finds", () => {
  const handler = new Memory("NOTSET");
  setup({
    handlers: { memory: handler },
    loggers: {
      default: { level: "DEBUG", handlers: ["memory", "none"] },
      quiet: { handlers: ["memory"] },
    },
  });
  getLogger().debug("a");
  getLogger("quiet").debug("b");
  getLogger("quiet").info("c");
  assertEquals(handler.lines, ["DEBUG a", "INFO c"]);
  assertStrictEquals(getLogger(), getLogger("default"));
  assertStrictEquals(getLogger("quiet"), getLogger("quiet"));
  setup({});
});

Deno.test("setup() sets new handlers up and destroys the former ones", () => {
  const first = new Memory("INFO");
  const second = new Memory("INFO");
  setup({ handlers: { first } });
  setup({ handlers: { second } });
  assertEquals(first.events, ["setup", "destroy"]);
  assertEquals(second.events, ["setup"]);
  setup({});
  assertEquals(second.events, ["setup", "destroy"]);
});

Deno.test("setup() keeps a default logger at INFO", () => {
  setup({});
  assertEquals(getLogger().levelName, "INFO");
  assertEquals(getLogger().handlers.length, 1);
});

Deno.test("getLogger() gives a silent logger for a name that is not set up", () => {
  setup({});
  const log = getLogger("unheard-of");
  assertEquals(log.handlers, []);
  assertEquals(log.levelName, "NOTSET");
  assertEquals(log.error("nothing happens"), "nothing happens");
  assertStrictEquals(getLogger("unheard-of"), log);
});
