/**
 * The Quote of the Day Protocol, {@link https://www.rfc-editor.org/rfc/rfc865 RFC 865}:
 * sends one short message to everyone who asks, and throws away what they sent.
 *
 * @module
 */

import * as v from "valibot";
import { fileName } from "../base/file_name.ts";
import {
  encodeQuotes,
  MAX_QUOTE_BYTES,
  type QuoteFormat,
  type QuotePick,
  quotePicker,
  splitQuotes,
} from "./quotes.ts";
import {
  OptionError,
  type Resources,
  type Service,
  type ServiceType,
  type Stream,
} from "./service.ts";
import { strictObject } from "../base/strict_object.ts";
import { decodeText } from "../base/text_file.ts";

/** A larger file is a mistake, not a quotes file. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** The quotes that come with the program, for a `qotd` without a `quotes` section. */
const BUNDLED_QUOTES = new URL("../../config/quotes.txt", import.meta.url);

interface QuotesOption {
  readonly file?: string;
  readonly inline?: readonly string[];
  readonly format?: QuoteFormat;
  readonly pick?: QuotePick;
}

const quoteText = v.pipe(
  v.string("a quote as text"),
  v.title("text"),
  v.check((text) => text.trim() !== "", "a quote that is not empty"),
);

const options = {
  quotes: v.optional(v.pipe(
    strictObject({
      file: v.optional(
        fileName(
          "A file of quotes. The path is relative to the config file. Default: the quotes that come with mynah.",
        ),
      ),
      inline: v.optional(v.pipe(
        v.array(quoteText, "a list of quotes"),
        v.minLength(1, "at least one quote"),
        v.description(
          "The quotes themselves, instead of a file. A quote is at most 511 bytes long (RFC 865); longer ones are left out, with a warning at start. Default: none.",
        ),
      )),
      format: v.optional(v.pipe(
        v.picklist(["fortune", "lines"], "fortune or lines"),
        v.description(
          "How the file is divided: `fortune` by lines that hold only `%`, `lines` into one quote on each line. Default: `fortune`.",
        ),
      )),
      pick: v.optional(v.pipe(
        v.picklist(
          ["daily", "random", "sequential"],
          "daily, random or sequential",
        ),
        v.description(
          "Which quote is sent: `daily` the same one all day (UTC), `random` any, `sequential` the next of the list. Default: `daily`.",
        ),
      )),
    }, "a mapping with file or inline"),
    v.partialCheck(
      [["file"], ["inline"]],
      (quotes) => quotes.file === undefined || quotes.inline === undefined,
      "either file or inline, not both",
    ),
    v.partialCheck(
      [["inline"], ["format"]],
      (quotes) => quotes.inline === undefined || quotes.format === undefined,
      "no format beside inline: it is for files",
    ),
    v.description(
      "Where the quotes come from, and which one is sent. Default: the quotes that come with mynah.",
    ),
  )),
};

async function readQuotes(
  { file, inline, format = "fortune" }: QuotesOption,
  resources: Resources,
): Promise<Iterable<string>> {
  if (inline) return inline;
  try {
    const bytes = await resources.readFile(
      file ?? BUNDLED_QUOTES,
      MAX_FILE_BYTES,
    );
    return splitQuotes(decodeText(bytes), format);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new OptionError(["quotes", "file"], error.message);
  }
}

async function create(
  { quotes: option = {} }: { quotes?: QuotesOption },
  resources: Resources,
): Promise<Service> {
  const texts = await readQuotes(option, resources);
  const { quotes, tooLong } = await encodeQuotes(texts);
  if (quotes.length === 0) {
    throw new OptionError(
      ["quotes", option.inline ? "inline" : "file"],
      tooLong === 0
        ? "holds no quotes"
        : `holds only quotes of more than ${MAX_QUOTE_BYTES} bytes (RFC 865)`,
    );
  }
  const pick = option.pick ?? "daily";
  const nextQuote = quotePicker(quotes, pick, resources.count);

  function stream(connection: Stream): Promise<void> {
    return connection.write(nextQuote());
  }

  return {
    summary: `${quotes.length} ${plural(quotes.length, "quote")}, ${pick}`,
    warnings: tooLong === 0 ? [] : [
      `${tooLong} ${
        plural(tooLong, "quote")
      } left out: longer than ${MAX_QUOTE_BYTES} bytes (RFC 865)`,
    ],
    serves: "quotes",
    stream,
    datagram: nextQuote,
  };
}

function plural(count: number, noun: string): string {
  return count === 1 ? noun : `${noun}s`;
}

/** Sends one quote to everyone who connects or sends a datagram (RFC 865). */
export const qotd: ServiceType = {
  name: "qotd",
  description: "sends a quote of the day (RFC 865)",
  options,
  create,
};
